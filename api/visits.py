"""A visit: one request with everything known about it. Who asks, at which utility, when, in which language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http.cookies import SimpleCookie
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response

from akta.errors import Forbidden
from akta.ids import TenantId
from akta.languages import N_, SOURCE_LANGUAGE, Language, language, offered
from akta.subjects import Actor, Door, Kind, Subject
from api import csrf
from api.ports import Services
from heating import terms
from people import accounts, api_keys, oidc, rights, sessions
from people.accounts import Source
from people.api_keys import Known
from people.passkeys import Site
from people.rights import Act
from people.sessions import Opened, Session, Stage
from storage.tenants import Tenant
from storage.unit_of_work import UnitOfWork
from tasks.inbox import Frame
from tasks.start_drafts import Holder

LANGUAGE_COOKIE = "akta-language"
BROWSER_COOKIE = "akta-browser"
DEVICE_COOKIE = "akta-device"
LONGEST_BROWSER = 64
BEARER = "bearer "
LIVE = "/live"
"""How addresses of live streams end. A page follows one by itself: that is no sign that somebody sits there, so it
keeps no session from ending unused."""
UPLOAD_KEY = "upload-key"
SHORTEST_UPLOAD_KEY, LONGEST_UPLOAD_KEY = 32, 64


class FirstDo(Forbidden):
    """Something else is to be done first; `page` is the name of the route where."""

    page: ClassVar[str]


class PasswordChangeNeeded(FirstDo):
    """The session was opened with a temporary password."""

    title = N_("Choose your own password first: the temporary one is for the first sign-in only.")
    page = "change_password_page"


class SecondFactorNeeded(FirstDo):
    """The password was right; the account's second factor was not shown yet."""

    title = N_("Show your second factor first.")
    page = "prove_page"


class SetUpNeeded(FirstDo):
    """The utility asks for a second factor and the account has none."""

    title = N_("Your utility asks for a second factor: set one up first.")
    page = "account_page"


class TermsNeeded(FirstDo):
    """The terms in force were not accepted yet."""

    title = N_("The terms of use have changed. Read and accept them first.")
    page = "terms_page"


class ProofNeeded(FirstDo):
    """What is asked for needs a recent proof of who one is."""

    title = N_("Prove once more that it is you: this needs a proof of the last 15 minutes.")
    page = "prove_page"


_FIRST: Mapping[Stage, type[FirstDo]] = {
    Stage.CHANGE_PASSWORD: PasswordChangeNeeded,
    Stage.PROVE_FACTOR: SecondFactorNeeded,
    Stage.SET_UP_FACTOR: SetUpNeeded,
}


@dataclass(frozen=True)
class Visit:
    """What a route works with. `by_cookie`: a browser sent the authority of this request by itself."""

    request: Request
    services: Services
    utility: Tenant
    uow: UnitOfWork
    now: datetime
    session: Session | None
    subject: Subject
    door: Door
    by_cookie: bool
    language: Language
    key: Known | None = None
    """The API key this request came with, instead of a session."""

    def refuse_unfinished(self, acts: Sequence[Act]) -> None:
        """
        Raises:
            FirstDo: the session is not open yet, and not all of these acts may be done until it is.
        """
        stage = self.session.stage if self.session is not None else Stage.OPEN
        if stage in rights.WHILE and not rights.WHILE[stage].issuperset(acts):
            raise _FIRST[stage]

    def refuse_without_terms(self, acts: Sequence[Act]) -> None:
        """
        Raises:
            TermsNeeded: all of these acts are under terms that the customer has not accepted.
        """
        if self.subject.kind is not Kind.CUSTOMER or not rights.UNDER_TERMS.issuperset(acts):
            return
        with self.uow.view() as tx:
            owed = terms.owed(tx, self.subject.account, self.today)
        if owed is not None and owed.due:
            raise TermsNeeded

    def refuse_stale_proof(self, acts: Sequence[Act]) -> None:
        """
        Raises:
            ProofNeeded: one of these acts asks for a recent proof, and the session's is too old.
        """
        asked = any(rights.TABLE[act].fresh for act in acts)
        if asked and self.session is not None and not self.session.proved_lately(self.now):
            raise ProofNeeded

    def source(self, login: str) -> Source:
        """Where a try to sign in with this login comes from."""
        known = self.request.cookies.get(self._device_cookie, "")
        device = csrf.name_in(self.services.secret_key, self._device(login), known)
        return Source(self.address, device, self.request.headers.get("user-agent", ""))

    @property
    def address(self) -> str:
        """The network address of the client, as the server or the proxy it trusts says."""
        return self.request.client.host if self.request.client else ""

    @property
    def site(self) -> Site:
        """For which address passkeys are."""
        return Site.of(self.services.public_url)

    @property
    def _device_cookie(self) -> str:
        return _cookie_name(self.services, f"{DEVICE_COOKIE}-{self.utility.code.lower()}")

    def _device(self, login: str) -> str:
        return f"device {self.utility.code} {accounts.normal_login(login)}"

    @property
    def actor(self) -> Actor:
        return self.subject.acting(self.door)

    @property
    def frame(self) -> Frame:
        """What this visitor looks at an inbox with."""
        return Frame(self.services.visibility, self.subject, self.now, self.language)

    @property
    def today(self) -> date:
        """The day it is at the utility."""
        return self.now.astimezone(self.language.zone).date()

    @property
    def csrf_token(self) -> str:
        """What a form of this visit carries: bound to the session, or to this browser where there is none."""
        if self.session is not None and not self._has_browser:
            return self.session.csrf
        return csrf.signed(self.services.secret_key, self._purpose, self._browser())

    def takes(self, token: str) -> bool:
        """Whether a form with this token is this visitor's.

        Without a session the token names the browser it was made for. That is right when the browser's cookie says
        so, or when the browser vouches that a page of ours sent the form: two pages opened at once without a cookie
        are given different names, of which the cookie can keep only one. From then on the token's name counts, so
        that files sent ahead of the form are found. A case link's session takes such a form too: sending the first
        of two applications opened it.
        """
        if self.session is not None and csrf.same(token, self.session.csrf):
            return True
        if self.subject.kind not in (Kind.ANONYMOUS, Kind.CASE_LINK):
            return False
        name = csrf.name_in(self.services.secret_key, self._purpose, token)
        if not name or not (csrf.same(name, self._known_browser()) or self._is_vouched_for()):
            return False
        self.request.state.browser = name
        return True

    @property
    def upload_key(self) -> str:
        """The secret that ties uploads not yet part of a case to who sent them; a client without a session or
        cookies sends back what it was told with its first upload."""
        told = self.request.headers.get(UPLOAD_KEY, "")
        if self.session is None and SHORTEST_UPLOAD_KEY <= len(told) <= LONGEST_UPLOAD_KEY:
            return told
        if self.key is not None:
            holder = f"key {self.key.id}"
        else:
            holder = self._browser() if self.session is None or self._has_browser else str(self.session.id)
        return csrf.keyed(self.services.secret_key, f"upload {self.utility.code}", holder)

    @property
    def needs_token(self) -> bool:
        """Whether a write needs a token against forgery: pages always, REST when a cookie authorises it."""
        return self.by_cookie or self.door is Door.PAGE

    def _browser(self) -> str:
        """The random name of a browser without a session; given to it with this answer if it has none."""
        if not self._has_browser and not self.takes(self.request.headers.get(csrf.HEADER, "")):
            self.request.state.browser = self._known_browser() or self._new_name()
        return str(self.request.state.browser)

    @property
    def _purpose(self) -> str:
        return f"csrf {self.utility.code}"

    @property
    def _has_browser(self) -> bool:
        return bool(getattr(self.request.state, "browser", ""))

    def _is_vouched_for(self) -> bool:
        return csrf.says_same_origin(self.request, self.services.public_url)

    def _known_browser(self) -> str:
        known = self.request.cookies.get(_cookie_name(self.services, BROWSER_COOKIE), "")
        return known if len(known) <= LONGEST_BROWSER else ""

    def _new_name(self) -> str:
        """A name for a browser that has none; it learns it only where a person looks at a page."""
        name = csrf.new_nonce()
        if self.door is Door.PAGE and csrf.is_page_visit(self.request):
            cookie = _cookie(_cookie_name(self.services, BROWSER_COOKIE), name, None, self.services.secure)
            self.request.state.cookies.append(cookie)
        return name


def draft_holder(visit: Visit) -> Holder:
    """Under which key this visitor's drafts are: a customer's account, wherever they sign in; else this browser."""
    own = f"account {visit.subject.account}" if visit.subject.account is not None else visit.upload_key
    return Holder(own, visit.upload_key)


def open_visit(request: Request, services: Services, utility: Tenant) -> Visit:
    """Find out who asks. A token that opens nothing is a visit of somebody unknown."""
    now = services.clock.now()
    uow = services.database.unit_of_work(TenantId(utility.id))
    token, by_cookie = _token(request, services, utility)
    key = api_keys.lookup(uow, token, now) if token.startswith(api_keys.PREFIX) and not by_cookie else None
    used = not request.url.path.endswith(LIVE)
    session = sessions.lookup(uow, token, now, used=used) if token and key is None else None
    door = Door.REST if request.url.path.startswith("/api/") else Door.PAGE
    chosen = _language(request, utility, session, door)
    unknown = key.subject if key else Subject(TenantId(utility.id), Kind.ANONYMOUS, language=chosen.code)
    visit = Visit(
        request=request,
        services=services,
        utility=utility,
        uow=uow,
        now=now,
        session=session,
        subject=session.subject if session else unknown,
        door=door,
        by_cookie=by_cookie and session is not None,
        language=chosen,
        key=key,
    )
    request.state.visit = visit
    return visit


def keep_session(response: Response, visit: Visit, opened: Opened) -> None:
    """Give the browser its new session; the one it had ends (rotation)."""
    before, by_cookie = _token(visit.request, visit.services, visit.utility)
    if by_cookie and before:
        sessions.end_token(visit.uow, before, visit.now)
    lasting = int((opened.expires_at - visit.now).total_seconds())
    name = _session_cookie(visit.services, visit.utility)
    response.headers.append("set-cookie", _cookie(name, opened.token, lasting, visit.services.secure))


def keep_device(response: Response, visit: Visit, login: str) -> None:
    """Remember for a year that this browser has signed in with this login: guesses made elsewhere then keep its owner
    out nowhere but there."""
    value = csrf.signed(visit.services.secret_key, visit._device(login), csrf.new_nonce())
    cookie = _cookie(visit._device_cookie, value, 365 * 24 * 3600, visit.services.secure)
    response.headers.append("set-cookie", cookie)


def keep_over_there(response: Response, visit: Visit, browser: str) -> None:
    """Remember that this browser left to sign in at the utility's own provider."""
    lasting = int(oidc.LASTING.total_seconds())
    response.headers.append("set-cookie", _cookie(_over_there(visit), browser, lasting, visit.services.secure))


def over_there(visit: Visit) -> str:
    return visit.request.cookies.get(_over_there(visit), "")


def drop_over_there(response: Response, visit: Visit) -> None:
    response.headers.append("set-cookie", _cookie(_over_there(visit), "", 0, visit.services.secure))


def _over_there(visit: Visit) -> str:
    return _cookie_name(visit.services, f"akta-over-there-{visit.utility.code.lower()}")


def drop_session(response: Response, visit: Visit) -> None:
    """End the session, if there is one, and make the browser forget it."""
    if visit.session is not None:
        sessions.end(visit.uow, visit.session.id, visit.now)
    name = _session_cookie(visit.services, visit.utility)
    response.headers.append("set-cookie", _cookie(name, "", 0, visit.services.secure))


def keep_language(response: Response, visit: Visit, code: str) -> None:
    """Remember a chosen language in this browser for a year; one that is not offered is not kept."""
    if offered(code):
        cookie = _cookie(LANGUAGE_COOKIE, code, 365 * 24 * 3600, visit.services.secure)
        response.headers.append("set-cookie", cookie)


def language_of(request: Request) -> Language:
    """The language of an answer, also where no visit could be opened."""
    visit = getattr(request.state, "visit", None)
    if isinstance(visit, Visit):
        return visit.language
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return language(chosen if offered(chosen) else _accepted(request) or SOURCE_LANGUAGE)


def _language(request: Request, utility: Tenant, session: Session | None, door: Door) -> Language:
    """People: their choice, their account, their browser. Machines: what they ask for, their account."""
    account = session.subject.language if session else ""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wishes = [chosen, account, _accepted(request)] if door is Door.PAGE else [_accepted(request), account]
    code = next((wish for wish in wishes if offered(wish)), utility.language)
    return language(code, utility.zone)


def _accepted(request: Request) -> str:
    """The first offered language of Accept-Language, by weight."""
    weighted: list[tuple[float, str]] = []
    for entry in request.headers.get("accept-language", "").split(",")[:20]:
        name, _, weight = entry.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), name.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((name for _, name in sorted(weighted, key=lambda one: one[0]) if offered(name)), "")


def _token(request: Request, services: Services, utility: Tenant) -> tuple[str, bool]:
    """The session token and whether a cookie brought it; a header speaks before a cookie."""
    header = request.headers.get("authorization", "")
    if header[: len(BEARER)].lower() == BEARER:
        return header[len(BEARER) :].strip(), False
    return request.cookies.get(_session_cookie(services, utility), ""), True


def _session_cookie(services: Services, utility: Tenant) -> str:
    """One per utility, so that signing in at one does not sign out of another on the same host."""
    return _cookie_name(services, f"akta-{utility.code.lower()}")


def _cookie_name(services: Services, name: str) -> str:
    return f"__Host-{name}" if services.secure else name


def _cookie(name: str, value: str, lasting: int | None, secure: bool) -> str:
    cookie: SimpleCookie = SimpleCookie()
    cookie[name] = value
    morsel = cookie[name]
    morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Lax"
    if secure:
        morsel["secure"] = True
    if lasting is not None:
        morsel["max-age"] = lasting
    return morsel.OutputString()
