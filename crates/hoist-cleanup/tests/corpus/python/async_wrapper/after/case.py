from openfeature import api
from trace import t

client = api.get_client()


import asyncio


async def run():
    t("new")


def main():
    asyncio.run(run())
