// `/search?q=`: search as you type; without words it shows everything.

import { usePageTitle } from "@quickshop/shared/use-page-title";
import { buttonClass } from "@quickshop/ui/button-class";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { categoriesQuery, productsQuery, searchQuery } from "./catalog.api";
import { filtersFrom, withParam } from "./filters";
import { ProductResults } from "./product-results";
import { useFilterParams } from "./use-filter-params";

const TYPING_PAUSE_MS = 250;
const MAX_WORDS_LENGTH = 200;

export function SearchPage() {
  const [params] = useSearchParams();
  const words = (params.get("q") ?? "").trim();
  const filters = filtersFrom(params);
  usePageTitle(words === "" ? "Everything" : `“${words}”`);
  return (
    <>
      <h1 className="sr-only">{words === "" ? "Everything in the shop" : `Search results for ${words}`}</h1>
      <SearchBox words={words} />
      <ProductResults
        query={words === "" ? productsQuery(filters) : searchQuery(words, filters)}
        filters={filters}
        byRelevance={words !== ""}
        emptyTitle={words === "" ? "Nothing here yet" : `Nothing found for “${words}”`}
        emptyText={words === "" ? "There is nothing for sale yet." : "Try a shorter word, or look through a category."}
        emptyAction={words === "" ? undefined : <OtherWays />}
      />
    </>
  );
}

function OtherWays() {
  const categories = useQuery(categoriesQuery);
  return (
    <>
      <Link to="/search" className={buttonClass("outline")}>
        See everything
      </Link>
      {categories.data?.data.map(({ id, slug, name }) => (
        <Link key={id} to={`/c/${slug}`} className={buttonClass("outline")}>
          {name}
        </Link>
      ))}
    </>
  );
}

function SearchBox({ words }: { words: string }) {
  const { update } = useFilterParams();
  // While the field has focus it shows what is typed; otherwise what the address says, so that "back" works.
  const [typed, setTyped] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const search = (value: string) => {
    clearTimeout(timer.current);
    update((current) => withParam(current, "q", value.trim()));
  };
  return (
    <search>
      <form
        className="mb-8 md:mb-12"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== null) search(typed);
        }}
      >
        <label htmlFor="search" className="mb-1 block text-sm font-medium text-muted">
          Search the shop
        </label>
        <input
          id="search"
          type="search"
          enterKeyHint="search"
          autoComplete="off"
          spellCheck="false"
          maxLength={MAX_WORDS_LENGTH}
          placeholder="A mug, perhaps?"
          value={typed ?? words}
          className="display w-full appearance-none border-b border-control bg-transparent pt-1 pb-3 text-3xl outline-offset-8 placeholder:text-muted placeholder:opacity-60 hover:border-ink"
          onChange={(event) => {
            const { value } = event.target;
            setTyped(value);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => search(value), TYPING_PAUSE_MS);
          }}
          onBlur={() => {
            if (typed !== null) search(typed);
            setTyped(null);
          }}
        />
      </form>
    </search>
  );
}
