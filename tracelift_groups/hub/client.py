"""The Hub's client, and its failures as one sentence each.

HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and the Hub's other settings are honoured. No token is ever printed or written.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any  # what the client answers with

from tracelift_groups.errors import ConfigError, InfrastructureError, TraceliftError, shorten

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
_TOKEN = "Log in with `hf auth login`, or set HF_TOKEN to a token that may write."


def hub() -> "HfApi":
    """The client. InfrastructureError when HF_HUB_OFFLINE is set."""
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        raise InfrastructureError("HF_HUB_OFFLINE is set, so the Hub is not asked.", "Unset it and run it again.")
    return HfApi()


def quiet() -> None:
    """No progress bars where stderr is no terminal, and no notes of the client's own. For the command line."""
    from huggingface_hub.utils.tqdm import disable_progress_bars

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    if not sys.stderr.isatty():
        disable_progress_bars()


def checked_name(repo: str) -> str:
    """`OWNER/NAME`. ConfigError for anything else."""
    if not _NAME.fullmatch(repo):
        raise ConfigError(f'"{shorten(repo)}" is not the name of a data set.', "Write OWNER/NAME.")
    return repo


def user(api: "HfApi") -> str:
    """The name of the user whose token is used. ConfigError without a token, or with one that the Hub refuses."""
    from huggingface_hub import get_token
    from huggingface_hub.errors import HfHubHTTPError

    if not get_token():
        raise ConfigError("There is no token of the Hub.", _TOKEN)
    with reported_as_hub_error("your account"):
        try:
            return str(api.whoami()["name"])
        except HfHubHTTPError as cause:
            if _status(cause) == 401:
                raise ConfigError("The Hub refuses the token.", _TOKEN) from cause
            raise


def dataset_info(api: "HfApi", repo: str, revision: str | None = None) -> Any:
    """What the Hub knows of a data set; None when it has none of that name that the token may see."""
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    with reported_as_hub_error(repo):
        try:
            return api.dataset_info(repo, revision=revision)
        except RevisionNotFoundError as cause:
            raise ConfigError(
                f"{repo} has no revision {shorten(str(revision))}.", "Name a branch or a commit."
            ) from cause
        except RepositoryNotFoundError:
            return None


@contextmanager
def reported_as_hub_error(what: str) -> Iterator[None]:
    """Raises InfrastructureError, with the reason, when the Hub refuses or can't be reached."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        yield
    except TraceliftError:
        raise
    except HfHubHTTPError as cause:
        status = _status(cause)
        said = shorten(str(getattr(cause, "server_message", None) or cause).partition("\n")[0], 200).rstrip(".")
        if status in (401, 403):
            raise ConfigError(f"The Hub refuses access to {what}: {said}.", _TOKEN) from cause
        if status == 412:
            raise InfrastructureError(f"{what} was changed by another commit meanwhile.", "Run it again.") from cause
        raise InfrastructureError(f"The Hub answered {status} for {what}: {said}.", "Run it again later.") from cause
    except Exception as cause:  # the network, behind whichever HTTP library the client uses
        said = shorten(str(cause).partition("\n")[0], 200).rstrip(".") or type(cause).__name__
        raise InfrastructureError(
            f"The Hub can't be reached for {what}: {said}.", "Check the connection and HF_ENDPOINT, then run it again."
        ) from cause


def _status(cause: Any) -> int:
    return int(cause.response.status_code) if cause.response is not None else 0
