import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const sdk = {
  group: ["matrix-js-sdk", "matrix-js-sdk/*", "@matrix-org/*"],
  message: "Only src/core/ knows the SDK.",
};

export default ts.config(
  { ignores: ["dist/", "node_modules/", "test-results/"] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true }],
      "no-undef": "off",
      "svelte/no-at-html-tags": "error",
      // The maps in question are private and never shown.
      "svelte/prefer-svelte-reactivity": "off",
      "svelte/no-useless-mustaches": "off",
      "svelte/no-navigation-without-resolve": "off",
    },
  },
  {
    files: ["src/**"],
    ignores: ["src/core/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [sdk] }] },
  },
);
