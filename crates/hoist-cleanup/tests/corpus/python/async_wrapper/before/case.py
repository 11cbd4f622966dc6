from openfeature import api
from trace import t

client = api.get_client()


import asyncio


async def _is_new():
    return await client.get_boolean_value_async("new-nav", False)


async def run():
    if await _is_new():
        t("new")
    else:
        t("old")


def main():
    asyncio.run(run())
