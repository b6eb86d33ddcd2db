/** Where messages and notes are written. */

import { Textarea } from "@mantine/core";
import { useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "../model/useNow";
import { closingOf } from "../model/closing";
import type { ConversationDetail, Message } from "../model/types";
import { useColleagues } from "../sync/useSurroundings";
import { AttachmentList } from "./AttachmentList";
import { ComposerBar } from "./ComposerBar";
import { ComposerModes } from "./ComposerModes";
import { ControlOffer, ReplyLine, WindowClosed } from "./ComposerLines";
import classes from "./composer.module.css";
import { TemplatePicker } from "./TemplatePicker";
import { useDraft } from "./useDraft";
import { useSchedule } from "./useSchedule";
import { sendsOnEnter, useSendKey } from "./useSendKey";
import type { Sending } from "./useSend";
import { Suggestions, type Suggestion } from "./Suggestions";
import { useSuggestions } from "./useSuggestions";
import { useUploads } from "./useUploads";

export interface ComposerHandle {
  readonly focus: (note: boolean) => void;
  readonly addFiles: (files: Iterable<File>) => void;
}

interface Props {
  conversation: ConversationDetail;
  sending: Sending;
  replyTo: Message | null;
  onReplied: () => void;
  /** Called while something is written. */
  onTyping: () => void;
  /** Called whenever something was sent. */
  onSent: () => void;
  handle: React.Ref<ComposerHandle>;
}

const SUGGESTIONS_ID = "composer-suggestions";
const CLOCK_MS = 15_000;

export function Composer({ conversation, sending, replyTo, onReplied, onTyping, onSent, handle }: Props) {
  const { t } = useTranslation("inbox");
  const area = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useDraft(conversation.id);
  const { text, note } = draft;
  const [caret, setCaret] = useState(text.length);
  const [mentioned, setMentioned] = useState<ReadonlyMap<string, string>>(new Map());
  const [picking, setPicking] = useState(false);
  const [sendKey, setSendKey] = useSendKey();
  const uploads = useUploads({ channelId: conversation.channel.id, limits: conversation.can.file_limits });
  const schedule = useSchedule(conversation.id);
  const colleagues = useColleagues();
  const closed = conversation.status === "closed";
  const closing = closingOf(
    { limited: conversation.can.templates, closesAt: conversation.window_closes_at },
    useNow(CLOCK_MS),
  );
  const templatesOnly = !note && !closed && closing.kind === "closed";

  function write(next: string, at: number): void {
    setDraft({ text: next });
    setCaret(at);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  }

  const offer = useSuggestions({ conversationId: conversation.id, text, caret, note, onWrite: write });

  function pick(suggestion: Suggestion): void {
    if (offer.kind === "mention") setMentioned(new Map(mentioned).set(suggestion.id, suggestion.title));
    offer.pick(suggestion);
  }

  function insert(what: string): void {
    const [from, to] = [
      area.current?.selectionStart ?? text.length,
      area.current?.selectionEnd ?? text.length,
    ];
    write(text.slice(0, from) + what + text.slice(to), from + what.length);
  }

  useImperativeHandle(handle, () => {
    return {
      focus: (asNote) => {
        setDraft({ note: asNote });
        // At once: what is typed next belongs here.
        area.current?.focus();
      },
      addFiles: (files) => !note && uploads.add(files),
    };
  });

  const ready = uploads.attachments.flatMap(({ mediaId }) => mediaId ?? []);
  const broken = uploads.attachments.some(({ error }) => error !== "");
  const body = {
    text: text.trim(),
    ...(ready.length > 0 && { media_ids: ready }),
    ...(replyTo !== null && { reply_to_message_id: replyTo.id }),
  };
  const canSend = note
    ? text.trim() !== ""
    : !templatesOnly && !uploads.busy && !broken && (text.trim() !== "" || ready.length > 0);

  function reset(): void {
    setDraft({ text: "" });
    setCaret(0);
    setMentioned(new Map());
    uploads.clear();
    onReplied();
    onSent();
    area.current?.focus();
  }

  function submit(): void {
    if (!canSend) return;
    if (note) {
      const named = [...mentioned].filter(([, name]) => text.includes(`@${name}`)).map(([id]) => id);
      sending.note(text.trim(), named);
      reset();
    } else if (closed) {
      void sending.begin(conversation.contact.id, body).then((went) => went && reset());
    } else {
      sending.send({ body, files: uploads.attachments.map(({ file }) => file.name) });
      reset();
    }
  }

  async function later(when: Date): Promise<void> {
    if (await schedule({ message: body, when })) reset();
  }

  const menuKeys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => offer.setActive(offer.active + 1),
    ArrowUp: () => offer.setActive(offer.active - 1),
    Escape: offer.dismiss,
    Tab: () => pickActive(),
    Enter: () => pickActive(),
  };
  function pickActive(): void {
    const chosen = offer.suggestions[offer.active];
    if (chosen !== undefined) pick(chosen);
  }

  function onKeyDown(event: React.KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return;
    const choose = offer.kind === null ? undefined : menuKeys[event.key];
    if (choose !== undefined) {
      event.preventDefault();
      choose();
    } else if (event.key === "Enter" && sendsOnEnter(event, sendKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      if (replyTo === null) event.currentTarget.blur();
      else onReplied();
    }
  }

  function onPaste(event: React.ClipboardEvent): void {
    const files = [...event.clipboardData.files];
    if (files.length === 0 || note) return;
    event.preventDefault();
    uploads.add(files);
  }

  return (
    <section className={classes.composer} data-note={note || undefined} aria-label={t("composer.label")}>
      {offer.kind !== null && (
        <Suggestions
          id={SUGGESTIONS_ID}
          label={t(offer.kind === "canned" ? "composer.canned" : "composer.mention")}
          suggestions={offer.suggestions}
          active={offer.active}
          onPick={pick}
          onHover={offer.setActive}
        />
      )}
      <ComposerModes note={note} closing={closing} onChange={(next) => setDraft({ note: next })} />
      {!note && text !== "" && conversation.control !== "human" && !closed && (
        <ControlOffer conversation={conversation} />
      )}
      {!note && replyTo !== null && (
        <ReplyLine message={replyTo} contactName={conversation.contact.name} onCancel={onReplied} />
      )}
      {!note && <AttachmentList attachments={uploads.attachments} onRemove={uploads.remove} />}
      {templatesOnly ? (
        <WindowClosed never={conversation.window_closes_at === null} onPick={() => setPicking(true)} />
      ) : (
        <>
          <Textarea
            ref={area}
            className={classes.input}
            variant="unstyled"
            autosize
            minRows={2}
            maxRows={10}
            maxLength={note ? 10_000 : 4096}
            // On the field itself, where `dir` would stand on its wrapper; the placeholder is the page's.
            attributes={text === "" ? {} : { input: { dir: "auto" } }}
            value={text}
            onChange={(event) => {
              setDraft({ text: event.currentTarget.value });
              onTyping();
              setCaret(event.currentTarget.selectionStart);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            aria-label={t(note ? "composer.writeNote" : "composer.write")}
            placeholder={t(
              note
                ? "composer.notePlaceholder"
                : closed
                  ? "composer.closedPlaceholder"
                  : "composer.placeholder",
            )}
            aria-controls={offer.kind === null ? undefined : SUGGESTIONS_ID}
            aria-activedescendant={offer.kind === null ? undefined : `${SUGGESTIONS_ID}-${offer.active}`}
            data-composer
          />
          <ComposerBar
            note={note}
            closed={closed}
            canSend={canSend}
            templates={conversation.can.templates && !closed}
            files={Object.keys(conversation.can.file_limits).length > 0}
            sendKey={sendKey}
            onSendKey={setSendKey}
            onEmoji={insert}
            onFiles={uploads.add}
            onCanned={() => insert(text === "" || /\s$/u.test(text.slice(0, caret)) ? "/" : " /")}
            onMention={colleagues.length === 0 ? undefined : () => insert("@")}
            onTemplate={() => setPicking(true)}
            onLater={(when) => void later(when)}
            onSend={submit}
          />
        </>
      )}
      {picking && (
        <TemplatePicker
          channelId={conversation.channel.id}
          contact={conversation.contact}
          onClose={() => setPicking(false)}
          onSend={(template, shown) => {
            setPicking(false);
            sending.send({ body: template, shown });
            onSent();
          }}
        />
      )}
    </section>
  );
}
