"""The people of the demo world: who can sign in, and how they are called."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "fantooo-demo"  # noqa: S105 (of people who exist in demo data only)
DEMO_USER, DEMO_OPERATOR, DEMO_ADMIN = "demo", "operator@fantooo.test", "admin@fantooo.test"
#: confirmed, so that receipts can be seen to come
DEMO_EMAIL = "demo@fantooo.test"

TOWNS = (
    "Nairobi", "Mombasa", "Kisumu", "Nakuru", "Eldoret", "Thika", "Nyeri", "Malindi", "Naivasha",
    "Machakos", "Kericho", "Meru", "Kampala", "Arusha", "Kigali", "Lamu",
)  # fmt: skip
_NAMES = """
    otis brian wanjiku kevo achieng mwas faith dennis shiru kiptoo mercy juma njeri omondi cate peter zuri sam halima
    victor wambo joyce muthoni abdi lynn mike esther karisa tony nafula george anyango moses ruth ali chebet steve
    winnie patrick amina collins wairimu hassan sharon kimani linet otieno grace baraka mumbi felix zainab eric nyambura
    salma ken adhiambo paul naserian josphat tabitha idris caro mutua vera jamal purity ochieng stella kip lucy omar
    diana wafula irene musa beryl gitau
""".split()
_TAILS = ("_ke", "254", "_n", "77", "_o", "_nbi", "_m", "x", "01", "_msa", "_k", "88")


def user_names(count: int) -> list[str]:
    """``count`` login names as people choose them, no two alike; ``demo`` is the first."""
    names = [DEMO_USER]
    for n in range(count - 1):
        turn, index = divmod(n, len(_NAMES))
        tail = _TAILS[(index * 5 + turn * 7) % len(_TAILS)] if (index + turn) % 4 else ""
        names.append(f"{_NAMES[index]}{tail}{turn if turn > 1 else ''}")
    return _distinct(names)


def _distinct(names: list[str]) -> list[str]:
    taken: set[str] = set()
    for index, name in enumerate(names):
        if name in taken:
            names[index] = f"{name}_{index}"
        taken.add(names[index])
    return names


@dataclass(frozen=True)
class DemoOperator:
    """One of the team."""

    name: str
    email: str
    skill_level: str
    languages: tuple[str, ...]
    specializations: tuple[str, ...]


OPERATORS = (
    DemoOperator("Grace Wairimu", DEMO_OPERATOR, "senior", ("en", "sw"), ("romance", "romantic")),
    DemoOperator("Daniel Otieno", "op2@fantooo.test", "expert", ("en", "sw"), ("conversation",)),
    DemoOperator("Fatuma Ali", "op3@fantooo.test", "mid", ("en", "sw"), ("adventure", "friendly")),
    DemoOperator("Joseph Kamau", "op4@fantooo.test", "mid", ("en",), ("fun", "playful")),
    DemoOperator("Lilian Chebet", "op5@fantooo.test", "junior", ("en", "sw"), ("fun", "flirty")),
    DemoOperator("Ian Mutua", "op6@fantooo.test", "senior", ("en",), ("intellectual",)),
    DemoOperator("Mary Akoth", "op7@fantooo.test", "expert", ("en", "sw"), ("comfort", "friendly")),
    DemoOperator("Hamisi Bakari", "op8@fantooo.test", "mid", ("en", "sw"), ("stories", "romantic")),
    DemoOperator("Esther Njoki", "op9@fantooo.test", "senior", ("en",), ("romance", "flirty")),
    DemoOperator("Brian Kipchumba", "op10@fantooo.test", "junior", ("en", "sw"), ("adventure",)),
    DemoOperator("Zuhura Said", "op11@fantooo.test", "mid", ("en", "sw"), ("comfort", "stories")),
    DemoOperator(
        "Peter Wekesa", "op12@fantooo.test", "junior", ("en",), ("conversation", "playful")
    ),
)


def logins() -> list[tuple[str, str, str]]:
    """Role, login and password of one person a role."""
    return [
        ("user", DEMO_USER, PASSWORD),
        ("operator", DEMO_OPERATOR, PASSWORD),
        ("admin", DEMO_ADMIN, PASSWORD),
    ]
