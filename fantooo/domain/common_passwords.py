"""Passwords that guessers try first, folded to lower case. Ten characters or more: shorter ones are refused anyway."""

from __future__ import annotations

COMMON_PASSWORDS = frozenset(
    (
        "0000000000 0123456789 1111111111 1122334455 1212121212 1231231231 123123123123 "
        "12341234123 1234567890 12345678910 1234qwerasdf 1q2w3e4r5t 1qaz2wsx3edc 2222222222 "
        "3333333333 4444444444 5555555555 6666666666 6969696969 7777777777 8888888888 "
        "9876543210 9999999999 aaaaaaaaaa abc1234567 abc12345678 abcdefghij abcdefghijk "
        "admin12345 admin123456 administrator anthony1234 arsenal1234 asdfghjkl1 "
        "asdfghjkl123 autumn2025 basketball batman12345 blessed1234 changeme123 changeme1234 "
        "chelsea1234 computer123 daniel12345 default1234 dragon12345 fantooo123 fantooo1234 "
        "fantooo2026 football123 football1234 godisgood1 godisgood123 godisgreat gormahia123 "
        "harambee123 hello12345 hello123456 helloworld helloworld1 ilovegod123 iloveyou12 "
        "iloveyou123 iloveyou1234 internet123 jennifer123 jessica1234 jesus12345 jesuschrist "
        "jesusislord kenya12345 kenya123456 letmein123 letmein1234 liverpool1 liverpool123 "
        "manchester manchester1 manunited1 master12345 michael1234 mombasa1234 monkey12345 "
        "mpesa123456 mypassword mypassword1 mypassword123 nairobi1234 nairobi12345 "
        "nicole12345 password12 password123 password1234 password12345 passwordpassword "
        "pokemon1234 princess123 princess1234 qazwsxedcrfv qqqqqqqqqq qwer1234asdf "
        "qwerty12345 qwerty123456 qwertyqwerty qwertyui12 qwertyuiop safaricom1 safaricom123 "
        "secret12345 secret123456 shadow12345 spring2025 spring2026 starwars123 summer2024 "
        "summer2025 summer2026 sunshine123 sunshine1234 superman123 thisismypassword "
        "trustno1trustno1 welcome123 welcome1234 welcome2024 welcome2025 welcome2026 "
        "whatever123 winter2024 winter2025 winter2026 zxcvbnm123 zxcvbnm1234 zzzzzzzzzz"
    ).split()
)
