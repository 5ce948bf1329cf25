"""One search on many workers: rank 0, whose rounds are the answer, and the others, which do some of what is dear.

Each worker does the same search of the same space from the same seed. So each knows what all know, and what is sent is
what came of the items that a worker was dealt (``symreg.team``). Rank 0 keeps the time and hears who wants to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symreg.search.backend import Budget, Round
from symreg.search.native.search import search_shared
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace
from symreg.team import Host, Invitation, Sharing, Tally, TeamError, arrive, children, lost_words

WORKER = "symreg.search.native.workers._shard_worker"


def search_together(
    settings: Native, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool],
    tally: Tally | None = None,
) -> Iterator[Round]:  # fmt: skip
    """The rounds of a search on as many workers on this machine as the settings say; see ``Backend.propose``.

    What sharing took is added to the ``tally``. A worker that is lost on the way is told of in the last round; raises
    ``TeamError`` where none can be started.
    """
    host = Host(settings.workers)
    with children(WORKER, host.invitations(), settings.threads):
        try:
            yield from rounds_of_host(host, settings, space, budget, seed, stop, tally)
        finally:
            host.close()


def rounds_of_host(
    host: Host, settings: Native, space: SearchSpace, budget: Budget, seed: int, stop: Callable[[], bool],
    tally: Tally | None = None,
) -> Iterator[Round]:  # fmt: skip
    """The rounds at rank 0, once the others have arrived: for who starts workers elsewhere (``work_for``)."""
    host.open((replace(settings, workers=1), space, replace(budget, time=None), seed))
    sharing = Sharing(host, tally=tally or Tally())
    for one in search_shared(sharing, settings, space, budget, seed=seed, stop=stop):
        notes = (lost_words(host.lost, host.size),) if host.lost and one.stop_reason is not None else ()
        yield replace(one, notes=(*one.notes, *notes))


def work_for(invitation: Invitation) -> None:
    """Take part in the search that the invitation is for, to its end: what an executor elsewhere is given to do.

    Raises ``TeamError`` where rank 0 is not there; when it hangs up the work is over.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    guest = arrive(invitation)
    settings, space, budget, seed = guest.task
    try:
        with threadpool_limits(limits=settings.threads, user_api="blas"):
            for _ in search_shared(Sharing(guest), settings, space, budget, seed=seed, stop=lambda: False):
                pass
    except TeamError:
        return
