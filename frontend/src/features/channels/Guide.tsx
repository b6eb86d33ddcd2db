/** A provider's guide, in the reader's language. */

import { Code, List, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";
import { languageOf } from "@/lib/i18n";

import { blocksOf, type Block, type Span } from "./guide";
import { guideQuery } from "./queries";

export function Guide({ provider }: { provider: string }) {
  const { i18n } = useTranslation();
  const found = useQuery(guideQuery(provider, languageOf(i18n.language)));
  const markdown = found.data?.markdown ?? "";
  const blocks = useMemo(() => blocksOf(markdown), [markdown]);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={320} />;
  return (
    <Stack gap="sm" dir="auto">
      {blocks.map((block, number) => (
        <Drawn key={number} block={block} />
      ))}
    </Stack>
  );
}

function Drawn({ block }: { block: Block }) {
  if (block.kind === "heading")
    return (
      <Title order={block.level} size={block.level === 2 ? "h4" : "h5"} mt={block.level === 2 ? 0 : 6}>
        <Spans spans={block.spans} />
      </Title>
    );
  if (block.kind === "text")
    return (
      <Text size="sm">
        <Spans spans={block.spans} />
      </Text>
    );
  return (
    <List type={block.ordered ? "ordered" : "unordered"} size="sm" spacing={6} ps="md">
      {block.items.map((spans, number) => (
        <List.Item key={number}>
          <Spans spans={spans} />
        </List.Item>
      ))}
    </List>
  );
}

function Spans({ spans }: { spans: readonly Span[] }) {
  return spans.map((span, number) => {
    if (span.kind === "strong") return <strong key={number}>{span.text}</strong>;
    if (span.kind === "em") return <em key={number}>{span.text}</em>;
    if (span.kind === "code")
      return (
        <Code key={number} className="ltr">
          {span.text}
        </Code>
      );
    return span.text;
  });
}
