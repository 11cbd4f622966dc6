from openfeature import api
from trace import t

client = api.get_client()


import asyncio


def plain():
    return client.get_boolean_value_async("new-nav", False)


async def shows():
    task = asyncio.create_task(client.get_boolean_value_async("new-nav", False))
    pending = client.get_boolean_value_async("new-nav", False)
    in_time = await asyncio.wait_for(client.get_boolean_value_async("new-nav", False), 1)
    if await client.get_boolean_value_async("new-nav", False):
        t("new")
    t(f"{await task} {await pending} {in_time} {await plain()}")


def main():
    t(asyncio.run(client.get_boolean_value_async("new-nav", False)))
    asyncio.run(shows())
