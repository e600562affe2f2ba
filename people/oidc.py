"""Signing in at the utility's own OpenID provider: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636)."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, func, select

from akta.errors import Forbidden, NotFound
from akta.languages import N_
from akta.subjects import Kind
from people import _rows as rows
from people import events, sessions, throttle
from people.sessions import Opened
from people.throttle import Limit
from people.vault import Unreadable, Vault
from storage.unit_of_work import Transaction, UnitOfWork

PROFILE = "oidc"
LASTING = timedelta(minutes=10)
"""How long somebody may take at the provider."""
PATIENCE = 5.0
"""Seconds for an answer of the provider."""
LARGEST = 256 * 1024
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key only: none, and those by a shared secret, are refused."""
LEEWAY = 30
LONGEST_WISHED = 300
BEGUN = Limit("over-there", 100, timedelta(minutes=15))
PURPOSE = "oidc client secret"


class NotOffered(NotFound):
    """This utility has no provider of its own."""

    title = N_("This utility has no sign-in of its own.")


class NotSignedIn(Forbidden):
    """The provider's answer is missing, forged, too old, used, or about somebody who has no account here.

    Which of them stands in `detail` for the log, and is not told.
    """

    title = N_("Signing in over there did not work. Try again, or sign in with your password.")


class OutOfReach(Forbidden):
    """The provider does not answer, or not what a provider answers."""

    title = N_("Your utility's own sign-in cannot be reached at the moment. Sign in with your password, or try later.")


@dataclass(frozen=True, slots=True)
class Provider:
    """What a utility's profile says of its provider. The secret is sealed."""

    issuer: str
    client_id: str
    name: str
    sealed_secret: str = ""

    @classmethod
    def of(cls, profile: Mapping[str, object]) -> "Provider | None":
        told = profile.get(PROFILE)
        if not isinstance(told, Mapping) or not _is_safe(str(told.get("issuer", ""))):
            return None
        given = {name: str(told.get(name, "")) for name in ("issuer", "client_id", "name", "sealed_secret")}
        return cls(**given) if given["client_id"] else None


def profile_of(vault: Vault, issuer: str, client_id: str, name: str, secret: str) -> Mapping[str, str]:
    """What is kept in a utility's profile under `oidc`.

    Raises:
        ValueError: the issuer is no https address.
    """
    if not _is_safe(issuer):
        raise ValueError("the issuer must be an https address")
    sealed = base64.b64encode(vault.seal(secret.encode(), PURPOSE)).decode() if secret else ""
    return {"issuer": issuer.rstrip("/"), "client_id": client_id, "name": name, "sealed_secret": sealed}


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes next, and what it keeps in a cookie until it is back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser came back with."""

    code: str
    state: str
    issuer: str
    browser: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    opened: Opened
    wished: str


@dataclass
class Relying:
    """This installation as the one who relies on providers; keeps what they say of themselves for an hour."""

    vault: Vault
    _known: dict[str, tuple[datetime, Mapping[str, Any], KeySet]] = field(default_factory=dict)

    def begin(
        self, uow: UnitOfWork, provider: Provider, back: str, wished: str, now: datetime, address: str = ""
    ) -> Begun:
        """Begin a sign-in; `back` is our address the provider sends the browser to.

        Raises:
            TooOften: very many were begun from this address.
            OutOfReach: the provider does not say where to go.
        """
        about, _ = self._about(provider, now)
        state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(4))
        with uow.begin() as tx:
            throttle.require(tx, BEGUN, address, now)
            tx.session.execute(delete(rows.ExternalSignIn).where(rows.ExternalSignIn.expires_at < now))
            tx.add(
                rows.ExternalSignIn(
                    state_hash=sessions.token_hash(state),
                    browser_hash=sessions.token_hash(browser),
                    nonce=nonce,
                    verifier=verifier,
                    wished=wished[:LONGEST_WISHED],
                    expires_at=now + LASTING,
                )
            )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": back,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        there = str(about["authorization_endpoint"])
        return Begun(f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", browser)

    def finish(
        self, uow: UnitOfWork, provider: Provider, back: str, returned: Returned, now: datetime, *, client: str = ""
    ) -> SignedIn:
        """Open a session for whom the provider says it is. A second factor the account has is still asked for, unless
        the provider says it asked for one.

        Raises:
            NotSignedIn: it is nobody, or not the sign-in this browser began.
            OutOfReach: the provider does not answer.
        """
        begun = _taken(uow, returned, now)
        if returned.issuer and returned.issuer != provider.issuer:
            raise NotSignedIn("the answer is another provider's (RFC 9207)")
        claims = self._claims(provider, back, returned.code, begun.verifier, begun.nonce, now)
        with uow.begin() as tx:
            account = _account(tx, provider.issuer, claims, now)
            methods = claims.get("amr")
            proved = isinstance(methods, list) and "mfa" in methods
            events.note(tx, events.What.SIGNED_IN, account.id, now, client=client, over=provider.name)
            opened = sessions.open_for_account(tx, account, now, client=client, proved=proved)
        return SignedIn(opened, begun.wished)

    def _claims(
        self, provider: Provider, back: str, code: str, verifier: str, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        about, keys = self._about(provider, now)
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        secret = self._secret(provider)
        if not secret:
            sent["client_id"] = provider.client_id
        login = (quote(provider.client_id, safe=""), quote(secret, safe="")) if secret else None
        answer = _asked("POST", str(about["token_endpoint"]), data=sent, auth=login)
        token = str(answer.get("id_token", ""))
        try:
            return _verified(token, keys, provider, nonce, now)
        except (JoseError, ValueError):
            # The provider may have changed its keys since they were read.
            _, keys = self._about(provider, now, afresh=True)
        try:
            return _verified(token, keys, provider, nonce, now)
        except (JoseError, ValueError) as forged:
            raise NotSignedIn(type(forged).__name__) from forged

    def _secret(self, provider: Provider) -> str:
        if not provider.sealed_secret:
            return ""
        try:
            return self.vault.open(base64.b64decode(provider.sealed_secret), PURPOSE).decode()
        except (Unreadable, ValueError) as broken:
            raise OutOfReach("the client's secret cannot be read") from broken

    def _about(self, provider: Provider, now: datetime, *, afresh: bool = False) -> tuple[Mapping[str, Any], KeySet]:
        known = self._known.get(provider.issuer)
        if known is not None and not afresh and now - known[0] < timedelta(hours=1):
            return known[1], known[2]
        about = _asked("GET", f"{provider.issuer}/.well-known/openid-configuration")
        if about.get("issuer") != provider.issuer:
            raise OutOfReach("the provider calls itself something else")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _is_safe(str(about.get(name, ""))):
                raise OutOfReach(f"{name} is no https address")
        try:
            keys = KeySet.import_key_set(_asked("GET", str(about["jwks_uri"])))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as broken:
            raise OutOfReach("its keys cannot be read") from broken
        self._known[provider.issuer] = now, about, keys
        return about, keys


def _verified(token: str, keys: KeySet, provider: Provider, nonce: str, now: datetime) -> Mapping[str, Any]:
    """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
    claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.client_id) != provider.client_id:
        raise ValueError("azp")
    return claims


def _taken(uow: UnitOfWork, returned: Returned, now: datetime) -> rows.ExternalSignIn:
    """The sign-in this answer belongs to, which no other answer can be to."""
    with uow.begin() as tx:
        found = tx.session.scalar(
            select(rows.ExternalSignIn)
            .where(rows.ExternalSignIn.state_hash == sessions.token_hash(returned.state))
            .with_for_update()
        )
        if found is not None:
            tx.session.delete(found)
    if found is None or now >= found.expires_at or not returned.code:
        raise NotSignedIn("no such sign-in is under way")
    if not secrets.compare_digest(found.browser_hash, sessions.token_hash(returned.browser)):
        raise NotSignedIn("another browser began it")
    return found


def _account(tx: Transaction, issuer: str, claims: Mapping[str, Any], now: datetime) -> rows.Account:
    """The account linked to this subject; the first time, the one staff account with the address the provider vouches
    for."""
    subject = str(claims["sub"])
    linked = tx.session.scalar(
        select(rows.Account)
        .join(rows.ExternalIdentity, rows.ExternalIdentity.account_id == rows.Account.id)
        .where(rows.ExternalIdentity.issuer == issuer, rows.ExternalIdentity.subject == subject)
    )
    account = linked or _by_address(tx, issuer, claims)
    if account is None or account.state not in rows.MAY_SIGN_IN or account.kind != Kind.STAFF.value:
        raise NotSignedIn("no account here")
    if linked is None:
        tx.add(rows.ExternalIdentity(account_id=account.id, issuer=issuer, subject=subject, created_at=now))
        events.note(tx, events.What.IDENTITY_LINKED, account.id, now)
    if account.state == rows.PENDING:
        account.state, account.secret_hash, account.secret_expires_at = rows.ACTIVE, "", None
    return account


def _by_address(tx: Transaction, issuer: str, claims: Mapping[str, Any]) -> rows.Account | None:
    address = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(address, str) or not address:
        return None
    linked = select(rows.ExternalIdentity.account_id).where(rows.ExternalIdentity.issuer == issuer)
    found = tx.session.scalars(
        select(rows.Account)
        .join(rows.Person, rows.Person.id == rows.Account.person_id)
        .where(
            func.lower(rows.Person.email) == address.lower(),
            rows.Account.kind == Kind.STAFF.value,
            rows.Account.state.in_(rows.MAY_SIGN_IN),
            rows.Account.id.not_in(linked),
        )
    ).all()
    return found[0] if len(found) == 1 else None


def _asked(method: str, address: str, **sent: Any) -> Mapping[str, Any]:
    """A JSON answer of the provider, no larger than it needs to be; redirects are not followed."""
    try:
        with (
            httpx2.Client(timeout=PATIENCE, follow_redirects=False) as client,
            client.stream(method, address, **sent) as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise OutOfReach("far too much")
            if answer.status_code >= 500:
                raise OutOfReach(f"{answer.status_code}")
            if answer.status_code != 200:
                raise NotSignedIn(f"refused with {answer.status_code}")
            found = httpx2.Response(200, content=bytes(body)).json()
    except (httpx2.HTTPError, ValueError) as failed:
        raise OutOfReach(type(failed).__name__) from failed
    if not isinstance(found, dict):
        raise OutOfReach("no object")
    return found


def _is_safe(address: str) -> bool:
    """https, or this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
