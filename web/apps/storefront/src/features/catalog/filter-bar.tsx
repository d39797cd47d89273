// Price, stock and order of a list; every choice is an address that can be shared.

import { Button } from "@quickshop/ui/button";
import { cx } from "@quickshop/ui/cx";
import { Select } from "@quickshop/ui/select";
import { type ReactNode, useId, useState } from "react";
import { type Filters, isFiltered, SORTS, withParam } from "./filters";
import { useFilterParams } from "./use-filter-params";

interface FilterBarProps {
  filters: Filters;
  /** A search is ordered by how well it fits unless something else is asked for. */
  byRelevance?: boolean;
  /** How many there are, in words. */
  children: ReactNode;
}

export function FilterBar({ filters, byRelevance = false, children }: FilterBarProps) {
  const { params, update } = useFilterParams();
  const [open, setOpen] = useState(false);
  const panel = useId();
  const defaultSort = byRelevance ? "relevance" : "newest";
  const sorts = byRelevance ? [{ value: "relevance", label: "Best match" }, ...SORTS] : SORTS;
  const set = (name: string, value: string) => update((current) => withParam(current, name, value));
  const clear = () =>
    update((current) => ["min_price", "max_price", "in_stock"].reduce((next, name) => withParam(next, name, ""), current));

  return (
    <div className="border-y border-line">
      <div className="flex min-h-14 flex-wrap items-center gap-x-6">
        <p role="status" className="mr-auto text-sm text-muted">
          {children}
        </p>
        <Button
          look="plain"
          className="text-sm md:hidden"
          aria-expanded={open}
          aria-controls={panel}
          onClick={() => setOpen(!open)}
        >
          Filter
        </Button>
        <div
          id={panel}
          className={cx(
            "order-last w-full flex-wrap items-center gap-x-6 gap-y-2 pb-3 md:order-none md:flex md:w-auto md:pb-0",
            open ? "flex" : "hidden",
          )}
        >
          <label className="tap flex cursor-pointer items-center gap-2.5 text-sm">
            <input
              type="checkbox"
              className="size-4.5 accent-ink"
              checked={filters.in_stock === "true"}
              onChange={(event) => set("in_stock", event.target.checked ? "true" : "")}
            />
            In stock
          </label>
          {/* The key draws the inputs anew when the address changes under them. */}
          <PriceRange key={`${filters.min_price}-${filters.max_price}`} filters={filters} onSet={set} />
          {isFiltered(filters) && (
            <Button look="plain" className="text-sm" onClick={clear}>
              Clear
            </Button>
          )}
        </div>
        <Select
          quiet
          label="Order by"
          options={sorts}
          value={params.get("sort") ?? defaultSort}
          onChange={(event) => set("sort", event.target.value === defaultSort ? "" : event.target.value)}
        />
      </div>
    </div>
  );
}

const AMOUNT = /^\d{1,9}(?:\.\d{1,2})?$/;

function PriceRange({ filters, onSet }: { filters: Filters; onSet: (name: string, value: string) => void }) {
  const take = (name: "min_price" | "max_price", input: HTMLInputElement) => {
    const value = input.value.trim().replace(",", ".");
    const valid = value === "" || AMOUNT.test(value);
    input.setAttribute("aria-invalid", String(!valid));
    if (valid && value !== (filters[name] ?? "")) onSet(name, value);
  };
  const input = (name: "min_price" | "max_price", label: string, placeholder: string) => (
    <input
      aria-label={label}
      placeholder={placeholder}
      inputMode="decimal"
      autoComplete="off"
      maxLength={12}
      defaultValue={filters[name] ?? ""}
      className="tap w-18 rounded-sm border border-control bg-paper px-2.5 text-sm tabular-nums placeholder:text-muted hover:border-ink aria-invalid:border-danger"
      onBlur={(event) => take(name, event.target)}
      onKeyDown={(event) => event.key === "Enter" && take(name, event.currentTarget)}
    />
  );
  return (
    <fieldset className="flex items-center gap-2 text-sm">
      <legend className="sr-only">Price</legend>
      {input("min_price", "Lowest price", "Min")}
      <span aria-hidden="true" className="text-muted">
        –
      </span>
      {input("max_price", "Highest price", "Max")}
    </fieldset>
  );
}
