/** A metric source that answers as Prometheus does, with numbers that the test sets. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A number, or one that depends on the seconds since the source was started: a counter. */
export type Said = number | ((seconds: number) => number);
export type Source = { url: string; set: (name: string, value: Said) => void; stop: () => Promise<void> };

/** Starts the source. A query is answered with the number of the first name that it contains. */
export async function startSource(values: Record<string, Said>): Promise<Source> {
  const numbers = new Map(Object.entries(values));
  const started = Date.now() / 1_000;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://source");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const query = url.searchParams.get("query") ?? form.get("query") ?? "";
      const now = Date.now() / 1_000;
      const name = [...numbers.keys()].find((each) => query.includes(each));
      const said = numbers.get(name ?? "");
      const number = typeof said === "function" ? said(now - started) : said;
      const value = query.includes("timestamp(") ? now : number;
      const result = value === undefined ? [] : [{ metric: {}, value: [now, String(value)] }];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (name, value) => numbers.set(name, value),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
