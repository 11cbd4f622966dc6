/** Lists that are too long to be read whole: some of them at first, and the rest a part at a time. */
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

type Part<T> = { items: T[]; next?: string | null };

/** Returns a list in parts: each is asked for with the `next` of the one before. */
export function inParts<T>(queryKey: unknown[], part: (cursor: string | undefined) => Promise<Part<T>>) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => part(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export type Parts<T> = {
  rows: T[];
  /** Whether nothing is known of the list yet: while it is asked for, and when it could not be read. */
  isPending: boolean;
  /** Why it could not be read, or not anew. */
  error: Error | null;
  /** Whether there is more than `rows`. */
  hasMore: boolean;
  isBringing: boolean;
  bring: () => void;
};

/** Reads a list in parts. */
export function useParts<T>(list: ReturnType<typeof inParts<T>>): Parts<T> {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(list);
  const bring = async () => {
    const { data: after, hasNextPage: isMore } = await fetchNextPage({ cancelRefetch: false });
    // What was on its way already may have been what is here, asked for again.
    const isBrought = (after?.pages.length ?? 0) > (data?.pages.length ?? 0);
    if (!isBrought && isMore) await fetchNextPage({ cancelRefetch: false });
  };
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  return {
    rows,
    isPending: data === undefined,
    error,
    hasMore: hasNextPage,
    isBringing: isFetchingNextPage,
    bring: () => void bring(),
  };
}
