"""A chat client of the fault tests that gets no socket: it asks for what is new and waits, and posts what it writes.

Each request goes to any of its servers, as a proxy in front of them would do it.
"""

import asyncio
from typing import Any

import httpx2

from tests.faults.person import Person

WAIT_S = 2
"""How long the server may keep a question for news."""
TIMEOUT_S = 5.0
AGAIN_S = 0.2


class HttpClient(Person):
    """One question for news under way, and one message: over HTTP nothing else keeps the order."""

    async def live_and_talk(self) -> None:
        headers = self.plan["headers"]
        async with httpx2.AsyncClient(headers=headers, timeout=TIMEOUT_S, trust_env=False) as client:
            self.journal.write("connected")
            poster = asyncio.create_task(self._post_all(client))
            self.start_after(0)
            try:
                while not self.finished():
                    await self._ask(client)
            finally:
                poster.cancel()

    async def _ask(self, client: httpx2.AsyncClient) -> None:
        query = {"after": str(self.tail), "wait": str(WAIT_S), **({"epoch": self.epoch} if self.epoch else {})}
        page = await self._request(client, "GET", "/events", params=query)
        if page is None:
            return
        self.read_page(page)
        self.journal.write("live")
        if not self.read_to_its_end():
            await self._request(client, "POST", "/read", json={"event": self.last_id})

    async def _post_all(self, client: httpx2.AsyncClient) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            for n, message in sorted(self.unacked.items()):
                body = {"client_id": message["client_id"], "text": message["text"]}
                answer = None
                while answer is None:
                    answer = await self._request(client, "POST", "/messages", json=body)
                self.acknowledged(n, answer)

    async def _request(self, client: httpx2.AsyncClient, method: str, path: str, **what: Any) -> dict[str, Any] | None:
        """The answer; None where there is none, or only "not now"."""
        try:
            answer = await client.request(method, self.random.choice(self.plan["http"]) + path, **what)
        except httpx2.TransportError as error:
            self.lost(error)
            await asyncio.sleep(AGAIN_S)
            return None
        self.saw(answer.text)
        if answer.status_code >= 400:
            self.journal.write("refused", code=answer.json()["code"], n=None)
            await asyncio.sleep(AGAIN_S)
            return None
        return dict(answer.json()) if answer.content else {}
