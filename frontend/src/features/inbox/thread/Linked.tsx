/** Text as it was written, with its web addresses as links. */

import { Fragment, memo } from "react";

import { piecesOf } from "../model/links";

export const Linked = memo(function Linked({ text }: { text: string }) {
  return piecesOf(text).map((piece, index) =>
    piece.href === undefined ? (
      <Fragment key={index}>{piece.text}</Fragment>
    ) : (
      <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
        {piece.text}
      </a>
    ),
  );
});
