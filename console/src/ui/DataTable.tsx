/** A table of things: sorted by its heads, and drawn only where it is seen. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, type ReactNode, useEffect, useMemo, useRef } from "react";
import styles from "./DataTable.module.css";

/** What is sorted by: one column. */
export type SortingState = { id: string; desc: boolean }[];

export type Column<T> = {
  id: string;
  head: ReactNode;
  /** What is sorted by; absent means that the column cannot be sorted. */
  value?: (row: T) => string | number;
  cell: (row: T, index: number) => ReactNode;
  /** A CSS grid track. */
  width: string;
  /** Whether a phone leaves it out. */
  wide?: boolean;
  align?: "right";
};

type Props<T> = {
  label: string;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  sorting: SortingState;
  onSorting: (next: SortingState) => void;
  rowHeight?: number;
  /** The row that the keys are at. */
  active?: number;
  onOpen?: (row: T) => void;
  empty: ReactNode;
};

const OVERSCAN = 4;

/** A table is drawn again for other rows, columns, order or marks; what it calls may be made anew each time. */
export const DataTable = memo(Drawn, (was, is) => {
  return was.rows === is.rows && was.columns === is.columns && was.sorting === is.sorting && was.active === is.active;
}) as typeof Drawn;

function Drawn<T extends object>(props: Props<T>) {
  const { rows, columns, sorting, onSorting, rowKey, rowHeight = 34, active, onOpen } = props;
  const model = useMemo(() => sorted(rows, columns, sorting), [rows, columns, sorting]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  useEffect(() => {
    if (active !== undefined && active >= 0) virtual.scrollToIndex(active, { align: "auto" });
  }, [active, virtual]);
  const template = columns.map((column) => column.width).join(" ");
  const narrow = columns
    .filter((column) => !column.wide)
    .map((column) => column.width)
    .join(" ");
  const style = { "--columns": template, "--columns-narrow": narrow } as React.CSSProperties;
  if (model.length === 0) return <div className={styles.empty}>{props.empty}</div>;
  return (
    <div className={styles.table} role="table" aria-label={props.label} aria-rowcount={model.length + 1} style={style}>
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={styles.row} tabIndex={-1}>
          {columns.map((column) => (
            <Head key={column.id} column={column} sorting={sorting} onSorting={onSorting} />
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div role="rowgroup" className={styles.body} ref={scroller} tabIndex={0} aria-label={`${props.label}, rows`}>
        <div className={styles.space} style={{ height: virtual.getTotalSize() }} role="presentation">
          {virtual.getVirtualItems().map((item) => {
            const row = model[item.index];
            if (!row) return null;
            return (
              <div
                key={rowKey(row)}
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 2}
                className={styles.row}
                data-active={item.index === active}
                data-open={onOpen !== undefined}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                onDoubleClick={() => onOpen?.(row)}
              >
                {columns.map((column) => (
                  <div
                    key={column.id}
                    role="cell"
                    className={styles.cell}
                    data-wide={column.wide}
                    data-align={column.align}
                  >
                    {column.cell(row, item.index)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

type HeadProps<T> = { column: Column<T>; sorting: SortingState; onSorting: (next: SortingState) => void };

function Head<T>({ column, sorting, onSorting }: HeadProps<T>) {
  const mine = sorting.find((each) => each.id === column.id);
  const next = () => onSorting(mine?.desc ? [] : [{ id: column.id, desc: mine !== undefined }]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") event.stopPropagation();
  };
  const state = mine ? (mine.desc ? "descending" : "ascending") : undefined;
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      className={styles.cell}
      data-wide={column.wide}
      data-align={column.align}
      aria-sort={state ?? "none"}
    >
      {column.value ? (
        <button type="button" className={styles.sort} onClick={next} onKeyDown={press}>
          {column.head}
          <span aria-hidden>{state === "ascending" ? " ↑" : state === "descending" ? " ↓" : ""}</span>
        </button>
      ) : (
        column.head
      )}
    </div>
  );
}

/** Reads sorting from an address, such as `-age`. */
export function sortingOf(text: string | undefined): SortingState {
  if (!text) return [];
  const desc = text.startsWith("-");
  return [{ id: desc ? text.slice(1) : text, desc }];
}

/** Writes sorting for an address. */
export function sortingText(sorting: SortingState): string | undefined {
  const first = sorting[0];
  return first ? `${first.desc ? "-" : ""}${first.id}` : undefined;
}

/** Returns the rows in the order that is asked for; without one, as they come. */
export function sorted<T>(rows: T[], columns: Column<T>[], sorting: SortingState): T[] {
  const [first] = sorting;
  const value = columns.find((column) => column.id === first?.id)?.value;
  if (!first || !value) return rows;
  const sign = first.desc ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    return left === right ? 0 : left < right ? -sign : sign;
  });
}
