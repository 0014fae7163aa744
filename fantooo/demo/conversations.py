"""What people of the demo world wrote: each chat a different walk through short threads."""

from __future__ import annotations

import random
from collections.abc import Iterator

from fantooo.demo.characters import Exchange, Persona, Thread

#: threads any pair might come to; three exchanges each, in order
THREADS: tuple[Thread, ...] = (
    (("Mambo! What are you up to?", "Pretending to be busy. You have just saved me from a very dull list."),
     ("Happy to save you. What was on it?", "Three things I have been avoiding since Tuesday. Ask me about the fourth."),
     ("What is the fourth?", "Writing back to you. Done.")),
    (("It is raining again here.", "Good rain or just wet?"),
     ("Good rain. Power is out though.", "Then we are both by candlelight, more or less. Is it quiet?"),
     ("So quiet I can hear the neighbour's kettle.", "That is the most peaceful sentence I have had all day.")),
    (("Have you eaten?", "Twice. You?"),
     ("Chapati and beans. Legendary beans.", "Now you have to tell me what makes beans legendary."),
     ("My grandmother's patience, I think.", "Then I would like some of both.")),
    (("I had an interview today.", "And you waited until now to say it? Tell me everything."),
     ("They asked where I see myself in five years.", "I hope you said: sitting down."),
     ("I said leading a team. But sitting down sounds better.", "Both. A team that sits.")),
    (("Can't sleep.", "Then we keep each other company. What is it that is still awake in you?"),
     ("Thinking about home. I haven't been back since Easter.", "What would you see first, coming round the last corner?"),
     ("The mango tree. And my mother pretending that she wasn't waiting.", "She was waiting. They always are.")),
    (("Do you like football?", "I like how people look when they watch it. Who breaks your heart?"),
     ("Gor Mahia, weekly.", "A faithful soul. Or a stubborn one."),
     ("Is there a difference?", "About ninety minutes.")),
    (("Traffic on Thika Road was madness.", "What did you do with the time?"),
     ("Listened to an old rhumba tape. Whole side A.", "So somebody got something out of that jam. Sing me a line?"),
     ("I value this friendship too much.", "Coward. A charming one.")),
    (("What would you do with a free week?", "Nothing, very ambitiously. You?"),
     ("Lamu. No shoes. No phone.", "No phone? And who would tell me about it?"),
     ("I would send a postcard.", "Make it a long one. I read slowly when I like something.")),
    (("My sister got engaged!", "Oh! And how is the one she grew up with?"),
     ("Happy. And a bit left behind, to be honest.", "Both of those can sit on the same sofa. Which one talks louder?"),
     ("Happy, today.", "Good. Dance with him, then.")),
    (("I started running again.", "From what?"),
     ("From my trousers, they are tight.", "An honourable opponent. How far did you get?"),
     ("Two kilometres and one dog.", "I am proud of two of the three of you.")),
    (("Tell me something nobody knows about you.", "I rehearse arguments I will never have. I win them all."),
     ("I do that in the shower!", "Then we have met. You were shouting about a landlord."),
     ("He deserved it.", "He folded in the end. You were magnificent.")),
    (("Do you believe in luck?", "In being where it can find you. And you?"),
     ("I found fifty bob today, so yes.", "Then you are rich, and I am talking to you. Lucky both."),
     ("I bought a mandazi with it.", "Luck well invested.")),
    (("Work was heavy this week.", "Put it down here for a while. Which part is the heaviest?"),
     ("Being the one everybody asks.", "And whom does the one everybody asks ask?"),
     ("Apparently you.", "Then I am in good company.")),
    (("What music are you on today?", "Something slow that pretends to be fast. You?"),
     ("Sauti Sol, the old ones.", "Then you are in a forgiving mood."),
     ("Maybe I am. Maybe it is the weather.", "Let us not look for the reason. Let us use it.")),
    (("I cooked for somebody yesterday.", "And? Did they stay for the dishes?"),
     ("They washed them!", "That is not a guest, that is a sign."),
     ("You think?", "I think you are already smiling.")),
    (("I failed the driving test. Again.", "How many is again?"),
     ("Three.", "Then the examiner is getting attached to you. What was it this time?"),
     ("Parking. The pole came out of nowhere.", "Poles do that. Fourth time you will see it coming.")),
    (("What do you do when you are sad?", "I walk until I notice something I did not know. And you?"),
     ("I clean. My house is spotless this month.", "Oh dear. What happened this month?"),
     ("A friend moved away.", "Then the house may be a little dusty soon. I hope so, for you.")),
    (("Tell me a story before I sleep.", "A short one. A woman opened an umbrella indoors, and nothing bad happened, ever again."),
     ("That is the whole story?", "The best ones know when to stop. Did it work?"),
     ("Nearly asleep. One more?", "Tomorrow. Stories need something to come back for.")),
    (("My phone died in the middle of your last message.", "It was a good ending. You will have to imagine it."),
     ("I imagined that you said something kind.", "Then it arrived exactly as it was sent."),
     ("Say it again anyway.", "You are better company than you think. There, fully charged.")),
    (("I am on the bus, standing, somebody's elbow in my ear.", "Whose elbow? Describe the owner; we have until the next stop."),
     ("Suit, tired, carrying a very small cake.", "A very small cake! Then all is forgiven. Somebody at home is turning five."),
     ("Or fifty.", "Or fifty, and the cake is a joke between two people. Give that elbow some room.")),
    (("Do you think people change?", "Slowly, and mostly in kitchens. Who are you hoping for?"),
     ("Myself. I promised to stop shouting at the news.", "How is it going?"),
     ("I now shout at the weather.", "That is progress. The weather can take it.")),
    (("I found an old photo of me today.", "How old, and what were you about to do?"),
     ("Nine. About to jump off a wall, I think.", "And did somebody say 'don't'?"),
     ("Everybody. I still have the scar.", "Good. Then there is at least one signature on the contract.")),
    (("It is my birthday tomorrow.", "Tomorrow! How do you like it celebrated: trumpet, or quietly noticed?"),
     ("Quietly noticed.", "Then tomorrow I shall say nothing at all, in a very festive way."),
     ("I would like that more than a trumpet.", "Consider yourself noticed. Early, because I could not wait.")),
    (("The neighbours are fighting again.", "What about, as far as a wall can tell?"),
     ("The remote. Or Brenda. It is hard to hear.", "It is always either the remote or Brenda."),
     ("Now it is very quiet.", "Then they found it. Or Brenda rang the bell.")),
    (("I cut my own hair.", "With confidence, or with a mirror?"),
     ("Confidence.", "The braver tool. Which side won?"),
     ("The left. By far.", "Then turn the right one to the wall and live proudly for two weeks.")),
    (("Have you ever been properly lost?", "Twice, and once on purpose. Where were you?"),
     ("Gikomba market, for three hours. I bought a lamp.", "Nobody is lost who comes out with a lamp."),
     ("It does not work.", "Then you own a sculpture. Even better.")),
    (("Exams start on Monday.", "And how is the person who has to write them?"),
     ("Eating biscuits, reading the same page.", "What does the page say? One sentence, your own words, no looking."),
     ("That supply moves when the price does.", "There. One page less. You may have a biscuit; you knew it all along.")),
    (("I saw somebody today who looked like my first love.", "And for one second, where were you?"),
     ("On a school bus, with sweaty hands.", "I like that bus. What did you never say on it?"),
     ("'Is this seat taken?'", "It was kept for you, you know. All the way to the last stop.")),
    (("The baby finally sleeps.", "Then whisper. How long have you got?"),
     ("Twenty minutes or four hours.", "Let us plan for twenty and be rich. Do you want to talk, or sit with somebody in the quiet?"),
     ("The quiet one.", "Good. I am here. You do not have to be interesting.")),
    (("I got the promotion!", "Stand up. Yes, now. Take a bow in whatever room you are in."),
     ("I did it. The cat left.", "The cat is jealous. Whom did you tell first?"),
     ("You, actually.", "Then I am going to walk around with that all evening.")),
    (("Is it silly to miss a place more than a person?", "Places hold still while one misses them. It is easier. Which place?"),
     ("My aunt's veranda in Kakamega.", "What is the sound of it?"),
     ("Rain on iron, and her radio losing the station.", "I can nearly hear the bit between the stations.")),
    (("I burned my hand on the jiko.", "Under cold water, first, and properly. Then you may complain."),
     ("I did. I am complaining now.", "I am listening with great indignation on your behalf."),
     ("Thank you. The ugali survived.", "Of course it did. Heroes are rarely the ones who get the bandage.")),
    (("Do you prefer mornings or evenings?", "The ten minutes when they have not agreed yet. You?"),
     ("Evenings. I am a different person after seven.", "Who takes over?"),
     ("Somebody who sings. And replies to you.", "Then let the daytime one sleep in, and leave us alone.")),
    (("Rate my lunch: three samosas and regret.", "How large was the regret?"),
     ("About one samosa.", "Then it was four samosas. A banquet. What was it about?"),
     ("I said I was too busy to talk to my brother.", "Samosas keep. Call him, with your mouth full; brothers like that.")),
    (("I keep starting books and not finishing them.", "Perhaps you only need beginnings at the moment. What is your own chapter called?"),
     ("'In which she looks for parking.'", "I would read on. There is clearly a hill coming."),
     ("There is always a hill.", "And somebody at the window, who saw the whole manoeuvre and will never tell.")),
    (("Tell me something good.", "A stranger held the door for another stranger, for far too long, and both of them ran. I think of it daily."),
     ("That is tiny.", "Yes. I collect them that size; they are easier to carry. Have you got one?"),
     ("A child waved at my tractor. I waved with the whole tractor.", "Oh, that one goes on top.")),
)  # fmt: skip

#: how people say hello; the character answers with its greeting
HELLOS = (
    "Hi! Is anybody there?", "Hello, I liked your profile.", "Habari yako?", "Good evening to you!",
    "Hey you.", "Hi, first time writing here. Be gentle.", "Sasa?", "I read your page twice. Hello.",
    "Hello! I am new, what do people say first?", "Niaje! Busy?", "Hi. Long day, good idea to write to you.",
    "Hello, your picture made me smile.", "I was going to sleep and then I saw you here. Hi.",
    "Mambo vipi?", "So, I finally dared to write.", "Hey, do you have a minute for a stranger?",
    "Hujambo! I heard that you are good company.", "Hello hello.", "Hi there, what did I interrupt?",
    "Greetings from a very loud street.", "Hi! My tea is hot and I have nobody to tell.",
    "Good day! I promised myself to talk to somebody new.", "Psst.", "Hello. I like the way you put things.",
)  # fmt: skip
#: how people say hello when they come back
RETURNS = (
    "I am back.", "Me again!", "Guess who.", "Hello again, I missed this.", "Did you keep my seat?",
    "Where were we?", "Hi! It has been a week and a half of a week.", "You will not believe my day.",
    "I owe you the end of a story.", "Are you still up?", "Reporting back, as promised.", "Hey. Thought of you on the bus.",
)  # fmt: skip
#: what people say last before they go
GOODBYES = (
    "I have to sleep. Good night!", "Okay, early shift tomorrow. Good night.", "My bus is here, talk soon.",
    "Lala salama.", "I should go before I say too much.", "Battery at two per cent. Bye!", "Right, dinner calls.",
    "Good night. This was nice.", "Off to bed, smiling.", "That is me done for today. Thank you.",
)  # fmt: skip
#: templates that answer a good-bye
CLOSINGS = frozenset({
    "good night", "goodnight", "night", "bye", "sign-off", "adjourn", "closing", "close", "parting", "rest",
    "evening", "credits", "curtain", "berth",
})  # fmt: skip

#: what a waiting user wrote last
LAST_WORDS = (
    "Are you there? I have news.", "You will not believe what happened today.",
    "I thought about what you said. You were right.", "Good evening! How was your day?",
    "So I did it. I actually did it.", "I have a question for you, a serious one.",
    "Hey, it is me again.", "I am having tea. Join me?", "Quick, I need a second opinion.",
    "It went well!! I had to tell somebody.", "I tried your advice on my sister.", "Guess where I am.",
    "Is it a good moment?", "I can't stop laughing, listen to this.", "I need cheering up, please.",
    "You asked me something yesterday. I have an answer now.",
)  # fmt: skip
NOTES = (
    "Likes to be asked about family. Sister got married in spring. Calls at night, after work.",
    "Drives a matatu, early shifts. Keep it light in the evening. Football: Gor Mahia.",
    "Studies in Eldoret, exams in December. Cheer on, never lecture.",
    "Grieving a friend who moved away. Gentle. Likes rain and old rhumba.",
    "Humour first. Answers long questions in one word, short ones in three lines.",
    "Nurse, nights. Writes between rounds, so pauses mean nothing. Tea, not coffee.",
    "Learning to swim at 40. Is proud of it, ask how far.",
    "Prefers Swahili late in the evening. Puns welcome, nicknames not.",
    "Mother ill since March, in Nyeri. Ask, but only once a talk.",
    "Runs a kiosk. Mondays are stock day, bad mood; Fridays great.",
    "Got a puppy called Bosi. Bosi eats shoes. Running gag.",
    "Shy at first, needs two or three messages. Then very funny.",
    "Teaches maths. Likes riddles, will correct your grammar, enjoys being corrected back.",
    "Divorced last year, does not like to be pitied. Compliments on cooking land well.",
    "Set a weekly limit and is happy with it. Never mention credits.",
    "Long-distance lorry driver, Mombasa to Kampala. Where is he tonight? Loves to be asked.",
    "New job in January. Was worried about the boss; the boss is fine.",
    "Reads everything. Do not recommend what everybody recommends.",
)


def sittings(
    persona: Persona, name: str, rng: random.Random, count: int
) -> Iterator[list[Exchange]]:
    """``count`` times at which a user called ``name`` and the character wrote to each other, in order.

    The character's own threads come first and in an order of this chat's own; threads that any pair
    might come to fill the rest.
    """
    own = rng.sample(persona.threads, len(persona.threads))
    if rng.random() < 0.5:
        own.insert(0, persona.opening)
    else:
        own.insert(rng.randrange(1, len(own) + 1), persona.opening)
    common = rng.sample(THREADS, len(THREADS))
    closing = [text for key, text in persona.templates.items() if key in CLOSINGS]
    for number in range(count):
        hour = rng.choice(("evening", "evening", "afternoon", "morning"))
        said: list[Exchange] = []
        if number == 0 and rng.random() < 0.7:
            said.append((rng.choice(HELLOS), _filled(persona.templates["greeting"], name, hour)))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            theirs = own if own and (not common or rng.random() < 0.72) else common
            if theirs:
                thread = theirs.pop(0)
                said += thread[: rng.choice((2, 3, 3, 3))]
        if number and rng.random() < 0.3:
            said[0] = (f"{rng.choice(RETURNS)} {said[0][0]}", said[0][1])
        if closing and rng.random() < 0.3:
            said.append((rng.choice(GOODBYES), _filled(rng.choice(closing), name, hour)))
        yield said


def _filled(template: str, name: str, hour: str) -> str:
    return template.replace("{name}", name).replace("{time_of_day}", hour)
