import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renew } from "./renew";

/** Generates docs/api from the docstrings of everything that components/index.ts exports. */
async function main(): Promise<void> {
  const { Application } = await import("typedoc");
  const { load } = await import("typedoc-plugin-markdown");
  const folder = mkdtempSync(join(tmpdir(), "reference-"));
  try {
    const options = {
      plugin: [load],
      name: "API reference",
      entryPoints: ["components/index.ts"],
      out: folder,
      readme: "none",
      // `npm run check` runs the compiler separately.
      skipErrorChecking: true,
      // Line numbers would change this page with each change of a component.
      disableSources: true,
      excludeExternals: true,
      excludePrivate: true,
      excludeProtected: true,
      intentionallyNotExported: [
        // Class behind the typed component of the same name.
        "components/auditTrails/auditTrails.ts:AuditTrails",
        // Members of the log record: docs/log-format.md has them.
        "components/auditEvent.ts:TypedMembers",
        "components/auditEvent.ts:auditEventMembers",
      ],
      hidePageHeader: true,
      hideBreadcrumbs: true,
      outputFileStrategy: "modules",
      parametersFormat: "table",
      interfacePropertiesFormat: "table",
      classPropertiesFormat: "table",
      logLevel: "Warn" as const,
    };
    const app = await Application.bootstrapWithPlugins(options);
    const project = await app.convert();
    if (project) {
      app.validate(project);
      await app.generateOutputs(project);
    }
    // A warning means that a used type is not exported, or a link has no target.
    if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
    else
      renew(
        {
          "docs/api/README.md":
            "<!-- Made of the docstrings of components/ by npm run docs. -->\n\n" +
            readFileSync(join(folder, "README.md"), "utf8"),
        },
        "npm run docs",
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
