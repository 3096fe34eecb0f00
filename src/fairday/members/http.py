"""Serve sign-up, one's own member page and consents. Answers with a token take no Idempotency-Key: none is stored."""

from datetime import datetime

from fairday.identity import service as identity
from fairday.identity.errors import BadPhone, WrongCode
from fairday.identity.types import Session
from fairday.kernel import strict_json
from fairday.kernel.errors import NotFound
from fairday.kernel.http import browser
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.members import errors, http_addresses, service
from fairday.members.types import (
    Consent,
    ConsentChange,
    Member,
    MemberChange,
    MemberSession,
    MemberSessions,
    MemberView,
    Purpose,
    SandboxMembers,
    SignUp,
)

router = Router("members")
router.routes += http_addresses.router.routes
MEMBERS = frozenset({Role.MEMBER})


@router.lane(
    "/members",
    who=PUBLIC,
    body=SignUp,
    returns=MemberSession,
    status=201,
    needs_key=False,
    summary="Sign up",
    refusals=(BadPhone, WrongCode, errors.AlreadyRegistered),
    body_max=4096,
    example={"phone": "+8613800138000", "code": "274913", "nickname": "小满", "consents": ["marketing"]},
)
async def sign_up(call: Call, body: SignUp) -> Answer:
    """Register with a phone code (POST /v1/sessions/phone-codes) and sign in. Nothing is agreed to unless listed."""
    database = call.services.database
    proof = await identity.try_phone_code(database, body.phone, body.code)

    async def work(tx: Tx, now: datetime) -> tuple[Member, str, Session]:
        return await service.sign_up(tx, body, proof, now)

    member, token, session = await database.run(work)
    if call.app is not None:
        await identity.end_replaced(database, call.principal)
    kept = browser.keep(call, token, session.expires_at)
    return Answer(201, strict_json.encode(_with_session(member, kept, session)))


@router.write(
    "POST",
    "/sandbox/members",
    who=PUBLIC,
    body=SandboxMembers,
    returns=MemberSessions,
    status=201,
    needs_key=False,
    needs_sandbox=True,
    summary="Make members for a drill",
    example={"count": 100, "nickname": "guest"},
)
async def make_sandbox_members(call: Call, tx: Tx, body: SandboxMembers) -> MemberSessions:
    """Make up to 1,000 members with sessions at once; with `per_person` above 1 several share one natural person."""
    return MemberSessions([_with_session(*one) for one in await service.sandbox(tx, body, call.now)])


@router.read("/members/me", who=MEMBERS, returns=MemberView, summary="See myself")
async def get_me(call: Call, tx: Tx) -> MemberView:
    """Show one's own member page with the consents that stand."""
    return await _view(tx, await service.get(tx, call.principal.own_member()))


@router.write(
    "PATCH",
    "/members/me",
    who=MEMBERS,
    body=MemberChange,
    returns=MemberView,
    summary="Change my nickname",
    example={"nickname": "小满"},
)
async def change_me(call: Call, tx: Tx, body: MemberChange) -> MemberView:
    """Change one's own nickname."""
    return await _view(tx, await service.rename(tx, call.principal.own_member(), body.nickname, call.now))


@router.write(
    "PUT",
    "/members/me/consents/{purpose}",
    who=MEMBERS,
    body=ConsentChange,
    returns=Page[Consent],
    summary="Give or withdraw consent",
    example={"is_given": False},
)
async def change_consent(call: Call, tx: Tx, body: ConsentChange) -> Page[Consent]:
    """Give or withdraw consent for one purpose: marketing, location, personalisation, survey, share_with_merchants."""
    try:
        purpose = Purpose(call.path["purpose"])
    except ValueError:
        raise NotFound(what="purpose") from None
    return Page(
        await service.change_consent(
            tx, call.principal.own_member(), purpose, body.is_given, body.wording, call.now
        )
    )


async def _view(tx: Tx, member: Member) -> MemberView:
    return MemberView(
        member_id=member.member_id,
        account_id=member.account_id,
        nickname=member.nickname,
        consents=await service.consents(tx, member.member_id),
    )


def _with_session(member: Member, token: str | None, session: Session) -> MemberSession:
    return MemberSession(
        token=token,
        expires_at=session.expires_at,
        member_id=member.member_id,
        account_id=member.account_id,
        person_id=member.person_id,
        nickname=member.nickname,
    )
