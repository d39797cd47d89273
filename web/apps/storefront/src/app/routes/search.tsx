import { SearchPage } from "../../features/catalog/search-page";

export const Component = SearchPage;
