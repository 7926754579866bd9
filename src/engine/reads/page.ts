export const DEFAULT_PAGE = 100;
