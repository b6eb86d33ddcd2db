/** The workflow's own rules: who may enter again, what takes one out, how much may run. */

import { useMemo } from "react";

import { fieldErrors, isConfig, type Catalogue, type Config } from "@/components/graph";
import { SchemaForm } from "@/components/schema-form";

import { useBuilder } from "../useBuilder";
import { useVariables } from "./useVariables";

/** The part of the document's schema that describes the policy, with the reasons to leave that there are to choose from. */
function policySchema(catalogue: Catalogue): Config {
  const definitions = isConfig(catalogue.documentSchema.$defs) ? catalogue.documentSchema.$defs : {};
  const policy = isConfig(definitions.Policy) ? definitions.Policy : {};
  const choices = catalogue.exitSignals.map(({ slug, label }) => ({ value: slug, label }));
  const exits = isConfig(definitions.Exits) ? definitions.Exits : {};
  const properties = isConfig(exits.properties) ? exits.properties : {};
  const signals = isConfig(properties.signals) ? properties.signals : {};
  const chosen = {
    ...signals,
    items: { type: "string", enum: choices.map(({ value }) => value), "x-choices": choices },
  };
  return {
    ...policy,
    $defs: { ...definitions, Exits: { ...exits, properties: { ...properties, signals: chosen } } },
  };
}

export function SettingsPanel() {
  const { document, catalogue, change, problems, readOnly } = useBuilder();
  const schema = useMemo(() => policySchema(catalogue), [catalogue]);
  const variables = useVariables("");
  return (
    <div data-first>
      <SchemaForm
        schema={schema}
        value={document.policy}
        onChange={(policy) => change({ ...document, policy }, "policy")}
        errors={fieldErrors(problems.filter((problem) => problem.kind === "policy"))}
        disabled={readOnly}
        context={{ variables }}
      />
    </div>
  );
}
