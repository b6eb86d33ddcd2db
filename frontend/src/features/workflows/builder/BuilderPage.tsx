/** The page on which a workflow is built. */

import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { Failure, PageSkeleton } from "@/components/feedback";
import { useCatalogue, type Catalogue } from "@/components/graph";

import { workflowQuery, type Workflow } from "../queries";
import { BuilderContext, useBuilding } from "./useBuilder";
import { ConflictDialog } from "./ConflictDialog";
import { Dock } from "./Dock";
import { Header } from "./Header";
import { LinearList } from "./LinearList";
import { Stage } from "./Stage";
import { useBuilderShortcuts } from "./useBuilderShortcuts";
import { useClipboard } from "./useClipboard";
import classes from "./builder.module.css";

export function BuilderPage() {
  const { workflowId } = useParams({ from: "/shell/workflows/$workflowId" });
  const workflow = useQuery({ ...workflowQuery(workflowId), staleTime: 0 });
  const catalogue = useCatalogue();
  const failed = [workflow, catalogue].find((query) => query.isError && query.data === undefined);
  if (failed !== undefined) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (workflow.data === undefined || catalogue.data === undefined) return <PageSkeleton />;
  return <Building key={workflowId} workflow={workflow.data} catalogue={catalogue.data} />;
}

function Building({ workflow, catalogue }: { workflow: Workflow; catalogue: Catalogue }) {
  const isPhone = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const builder = useBuilding(workflow, catalogue);
  const { duplicate } = useClipboard(builder);
  useBuilderShortcuts(builder, duplicate);
  return (
    <BuilderContext value={builder}>
      <div className={classes.builder}>
        <Header duplicate={duplicate} />
        <div className={classes.body}>
          {isPhone ? <LinearList /> : <Stage />}
          <Dock isPhone={isPhone} duplicate={duplicate} />
        </div>
      </div>
      <ConflictDialog />
    </BuilderContext>
  );
}
