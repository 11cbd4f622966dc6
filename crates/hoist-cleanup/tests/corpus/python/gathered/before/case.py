from openfeature import api
from trace import t

client = api.get_client()


import asyncio


async def other():
    return "other"


async def shows():
    on, name = await asyncio.gather(client.get_boolean_value_async("new-nav", False), other())
    if await client.get_boolean_value_async("new-nav", False):
        t("new")
    t(name if on else "off")


def main():
    asyncio.run(shows())
