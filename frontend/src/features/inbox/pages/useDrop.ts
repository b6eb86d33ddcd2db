/** Files dropped onto a place. */

import { useRef, useState } from "react";

interface Drop {
  /** Whether files are held over the place. */
  readonly over: boolean;
  readonly handlers: Pick<
    React.HTMLAttributes<HTMLElement>,
    "onDragEnter" | "onDragLeave" | "onDragOver" | "onDrop"
  >;
}

export function useDrop(onFiles: (files: Iterable<File>) => void): Drop {
  // Entering a child comes before leaving its parent.
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const holds = (event: React.DragEvent): boolean => event.dataTransfer.types.includes("Files");
  const left = (): void => {
    depth.current = 0;
    setOver(false);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event) => {
        if (!holds(event)) return;
        depth.current++;
        setOver(true);
      },
      onDragLeave: (event) => {
        if (holds(event) && --depth.current <= 0) left();
      },
      onDragOver: (event) => {
        if (holds(event)) event.preventDefault();
      },
      onDrop: (event) => {
        if (!holds(event)) return;
        event.preventDefault();
        left();
        onFiles(event.dataTransfer.files);
      },
    },
  };
}
