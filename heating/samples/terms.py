"""The terms of use of the sample utilities: a version that holds, and the next one of one utility, announced."""

from datetime import UTC, date, datetime, timedelta

from akta.ids import new_id
from heating.samples.desk import Desk
from heating.tables.terms import TermsVersion
from heating.terms import CHANGES, TEXT

SINCE = date(2024, 1, 1)
AHEAD = timedelta(days=40)

ENGLISH = """1. The portal shows selected information on contracts for heat and hot water, their supply points, \
invoices and consumption. It is free of charge.

2. It is for customers with a contract that is valid and effective, and for those whom they \
empowered in writing. A contract has at most three user accounts.

3. An account is personal. Its owner keeps the password secret and tells us at once when somebody \
else may know it.

4. Readings and changes of data are taken over once one of our clerks has checked them.

5. The portal is developed further all the time. It may be unavailable for as long as maintenance or \
the processing of data needs.

6. We announce changes of these terms in the portal and by e-mail before they hold."""

TEXTS = {
    "cs": """1. Portál poskytuje vybrané informace o smlouvách na teplo a teplou vodu, o odběrných místech, \
fakturách a spotřebě. Je bezplatný.

2. Je určen odběratelům s platnou a účinnou smlouvou a těm, které k tomu písemně zmocnili. Ke \
smlouvě mohou být nejvýše tři uživatelské účty.

3. Účet je osobní. Jeho držitel drží heslo v tajnosti a neprodleně nám oznámí, že je může znát někdo \
jiný.

4. Odečty a změny údajů převezmeme, jakmile je zkontroluje náš pracovník.

5. Portál se průběžně vyvíjí. Po dobu nezbytnou k údržbě nebo zpracování dat může být nedostupný.

6. Změny těchto podmínek oznamujeme v portálu a e-mailem dříve, než začnou platit.""",
    "hu": """1. A portál a hő- és melegvíz-szerződésekről, a szolgáltatási pontokról, a számlákról és a \
fogyasztásról ad válogatott tájékoztatást. Használata díjmentes.

2. Az érvényes és hatályos szerződéssel rendelkező felhasználók és az általuk írásban \
meghatalmazottak használhatják. Egy szerződéshez legfeljebb három fiók tartozhat.

3. A fiók személyes. Tulajdonosa a jelszót titokban tartja, és haladéktalanul jelzi, ha azt más is \
megismerhette.

4. A beküldött mérőállást és adatváltozást munkatársunk ellenőrzése után vesszük át.

5. A portált folyamatosan fejlesztjük. Karbantartás vagy adatfeldolgozás idejére elérhetetlen lehet.

6. A feltételek változását a hatálybalépés előtt a portálon és e-mailben közöljük.""",
    "pl": """1. Portal udostępnia wybrane informacje o umowach na ciepło i ciepłą wodę, punktach poboru, \
fakturach i zużyciu. Jest bezpłatny.

2. Jest przeznaczony dla odbiorców z ważną i obowiązującą umową oraz osób przez nich pisemnie \
upoważnionych. Do umowy mogą istnieć najwyżej trzy konta.

3. Konto jest osobiste. Jego właściciel chroni hasło i niezwłocznie zgłasza, że mógł je poznać ktoś \
inny.

4. Odczyty i zmiany danych przejmujemy po ich sprawdzeniu przez naszego pracownika.

5. Portal jest stale rozwijany. Na czas konserwacji lub przetwarzania danych może być niedostępny.

6. Zmiany regulaminu ogłaszamy w portalu i e-mailem, zanim zaczną obowiązywać.""",
    "ro": """1. Portalul oferă informații alese despre contractele pentru căldură și apă caldă, locurile de \
consum, facturi și consum. Este gratuit.

2. Este destinat consumatorilor cu un contract valabil și în vigoare și celor împuterniciți de ei în \
scris. Un contract are cel mult trei conturi.

3. Contul este personal. Titularul păstrează parola secretă și ne anunță imediat dacă ar putea-o ști \
altcineva.

4. Indicii și modificările de date se preiau după ce îi verifică un lucrător al nostru.

5. Portalul este dezvoltat continuu. Poate fi indisponibil cât timp o cer întreținerea sau \
prelucrarea datelor.

6. Anunțăm modificările acestor condiții în portal și prin e-mail înainte să intre în vigoare.""",
}
CHANGED = {
    "cs": (
        "Bod 7 je nový: po třech letech bez přihlášení účet po upozornění uzavřeme.",
        "7. Účet, do kterého se tři roky nikdo nepřihlásil, po upozornění uzavřeme.",
    ),
    "en": (
        "Point 7 is added: after three years without a sign-in we close an account, and say so before.",
        "7. An account to which nobody has signed in for three years is closed after a notice.",
    ),
}


def add(desk: Desk) -> TermsVersion:
    """The version that holds, in the utility's language and in English."""
    words = {code: {TEXT: text, CHANGES: ""} for code, text in _of(desk).items()}
    return _publish(desk, 1, SINCE, words, datetime.combine(SINCE, datetime.min.time(), UTC))


def announce(desk: Desk) -> None:
    """The next version: nobody has accepted it yet."""
    texts = _of(desk)
    words = {code: {TEXT: f"{texts[code]}\n\n{point}", CHANGES: what} for code, (what, point) in CHANGED.items()}
    _publish(desk, 2, desk.today + AHEAD, words, desk.now)


def _of(desk: Desk) -> dict[str, str]:
    return {desk.utility.language: TEXTS[desk.utility.language], "en": ENGLISH}


def _publish(
    desk: Desk, number: int, since: date, words: dict[str, dict[str, str]], published_at: datetime
) -> TermsVersion:
    row = TermsVersion(
        id=new_id(), number=number, effective_from=since, words=words, published_at=published_at, published_by=None
    )
    desk.tx.add(row)
    return row
