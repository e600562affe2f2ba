"""What is said about an answer that cannot be taken: English msgids, put into words in the reader's language."""

from akta.languages import N_, Language

MISSING_TEXT = N_("Write an answer here.")
MISSING_NUMBER = N_("Write the number here. If it is nought, write 0.")
MISSING_DATE = N_("Write the date here, for example %(example)s.")
MISSING_CHOICE = N_("Choose one of the answers.")
MISSING_CHOICES = N_("Choose at least one of the answers.")
MISSING_TICK = N_("Tick the box to go on.")
MISSING_FILE = N_("Add a file here.")
MISSING_FILES = N_("Add at least one file here.")
ONE_ANSWER = N_("Only one answer fits here, but several came. Write it once.")
ONE_FILE = N_("Only one file fits here. Keep the one that matters.")
TOO_MANY_FILES = N_("These are too many files at once. Put the pages into one file.")
UNKNOWN_FILE = N_("The file did not arrive whole. Add it once more.")
UNREADABLE = N_("This contains characters that cannot be kept. Write it once more by hand.")
NOT_OFFERED = N_("This answer is not offered any more. Choose another one.")
NOT_A_NUMBER = N_("This is not a number. Write it with digits only, for example %(example)s.")
UNCLEAR_NUMBER = N_("This number can be read in two ways. Write it without a separator of thousands.")
WHOLE_NUMBER = N_("Write a whole number, without decimal places.")
TOO_SMALL = N_("The number must be %(limit)s or more.")
TOO_LARGE = N_("The number must be %(limit)s or less.")
OFF_STEP = N_("The number must be a multiple of %(step)s.")
NOT_A_DATE = N_("This is not a date in the calendar. Write it as day, month and year, for example %(example)s.")
TOO_EARLY = N_("The date must be %(limit)s or later.")
TOO_LATE = N_("The date must be %(limit)s or earlier.")
NOT_AN_EMAIL = N_("This is not an e-mail address. It has one @ and a domain, for example name@example.org.")
NOT_A_PHONE = N_("This is not a telephone number. Write its digits, for example +420 601 234 567.")
NOT_THE_PATTERN = N_("This does not have the expected form. Compare it with the hint.")
DIFFERS = N_("This differs from what you wrote the first time. Write the same in both.")
YES = N_("Yes")
NO = N_("No")


class Wrong(Exception):
    """An answer that cannot be taken, with the sentence that says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def say(language: Language, message: str, **values: str) -> str:
    return language.gettext(message) % values if values else language.gettext(message)


def too_short(language: Language, least: int) -> str:
    return language.ngettext("Write at least %(count)d character.", "Write at least %(count)d characters.", least) % {
        "count": least
    }


def too_long(language: Language, most: int, over: int) -> str:
    fits = language.ngettext("At most %(count)d character fits here", "At most %(count)d characters fit here", most)
    less = language.ngettext("take out %(count)d.", "take out %(count)d.", over)
    return f"{fits % {'count': most}}: {less % {'count': over}}"


def too_precise(language: Language, digits: int) -> str:
    return language.ngettext(
        "Write at most %(count)d decimal place.", "Write at most %(count)d decimal places.", digits
    ) % {"count": digits}
