"""Let PostgreSQL run when Fairday itself is started by root: as a system user, which PostgreSQL insists on.

An ordinary user needs none of this; every function then does nothing.
"""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairday.app.settings import SetUpError

NAME = "fairday-db"


def prepare(home: Path, binaries: Path, say: Callable[[str], None]) -> pwd.struct_passwd | None:
    """Return the user that runs PostgreSQL: None for an ordinary person, a system user made here for root.

    Makes folders on the way to the data and the programs passable (not listable) for that user, and says so before.
    """
    if os.geteuid() != 0:
        return None
    user = _ensure_user(say)
    for folder in (home, binaries):
        _open_way(folder, say)
    if not _can_run(binaries / "postgres", user):
        _open_tree(binaries.parent, say)
        if not _can_run(binaries / "postgres", user):
            raise SetUpError(
                f"The system user {NAME} cannot run {binaries / 'postgres'}.",
                "Start Fairday as an ordinary user, or put the checkout where others may read it.",
            )
    return user


def give(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """Make `folder`, private to the user that runs PostgreSQL. Raises: SetUpError when it is someone else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    found = folder.lstat()
    uid = os.geteuid() if owner is None else owner.pw_uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise SetUpError(f"{folder} is not a folder of ours.", "Remove it, then start again.")
    folder.chmod(0o700)


def run_as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments that make subprocess run as `owner` in a plain environment."""
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
    if owner is None:
        return {"env": env, "umask": 0o077}
    return {"env": env, "umask": 0o077, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _ensure_user(say: Callable[[str], None]) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise SetUpError(
            "PostgreSQL does not run as root, and there is no `useradd` to make a user for it.",
            "Start Fairday as an ordinary user, or set FAIRDAY_DATABASE_URL.",
        )
    say(f"  You are root, and PostgreSQL does not run as root: making the system user {NAME} for it.")
    subprocess.run(  # noqa: S603 - our own words only
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
        check=True,
        capture_output=True,
    )
    return pwd.getpwnam(NAME)


def _open_way(folder: Path, say: Callable[[str], None]) -> None:
    """Let others pass through (not list) `folder`, which is ours, and its parents, which are not: so say it first."""
    closed = [path for path in folder.parents if not path.stat().st_mode & stat.S_IXOTH]
    if closed:
        say(f"  You are root: the user {NAME} must pass through {', '.join(map(str, closed))}.")
        say("  Letting others pass there, not list it (chmod o+x). FAIRDAY_HOME=/var/lib/fairday avoids it.")
    for path in (folder, *closed):
        path.chmod(path.stat().st_mode | stat.S_IXOTH)


def _open_tree(folder: Path, say: Callable[[str], None]) -> None:
    say(f"  Making PostgreSQL's programs in {folder} readable for the user {NAME}.")
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        is_runnable = path.is_dir() or mode & stat.S_IXUSR
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if is_runnable else 0))


def _can_run(program: Path, user: pwd.struct_passwd) -> bool:
    command = [str(program), "--version"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words only
            command, capture_output=True, check=False, cwd="/", **run_as(user)
        )
    except PermissionError:
        return False
    return done.returncode == 0
