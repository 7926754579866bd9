/** Type-checks pieces of code that stand in texts, each as a module of its own, against the sources. */
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./support.js";

export interface Snippet {
  /** Where it stands. */
  readonly title: string;
  /** A module inside the project, so that packages resolve as they do in the sources. */
  readonly file: string;
  readonly code: string;
}

function projectOptions(): ts.CompilerOptions {
  const { config, error } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (file) =>
    ts.sys.readFile(file),
  ) as {
    config: unknown;
    error?: ts.Diagnostic;
  };
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
  // A text may name what it does not go on to use.
  const { options } = ts.parseJsonConfigFileContent({ ...Object(config), include: [] }, ts.sys, ROOT);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false };
}

/** One program over all snippets, and `globals`, whose names all may use; the wrong lines, as `page:line: message`. */
export function wrongLines(snippets: readonly Snippet[], globals: readonly string[] = []): readonly string[] {
  const program = ts.createProgram(
    [...globals, ...snippets.map((snippet) => snippet.file)],
    projectOptions(),
  );
  return snippets.flatMap(({ title, file }) => {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`${file} is not in the program.`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start, messageText }) => {
      const line = source.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `${title}, line ${line} of the block: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  });
}
