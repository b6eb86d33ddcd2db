/** The page on which a workflow is built. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { GraphCanvas } from "@/components/graph";
import { api, call } from "@/lib/api";

export function BuilderPage() {
  const { workflowId = "" } = useParams({ strict: false });
  const workflow = useQuery({
    queryKey: ["workflows", workflowId],
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/workflow/workflows/{id}/", { params: { path: { id: workflowId } }, signal })),
  });
  return <GraphCanvas document={workflow.data?.draft} minimap selected={null} onSelect={() => undefined} />;
}
