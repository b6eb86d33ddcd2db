/** Uploads a file and tells how far it has come, which `fetch` cannot. */

import { csrfToken, errorFrom, ApiError } from "@/lib/api";

import type { Media } from "../model/types";

interface Upload {
  readonly done: Promise<Media>;
  readonly abort: () => void;
}

export function upload(file: File, channelId: string, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Media>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) onProgress(loaded / total);
    };
    request.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = undefined;
      }
      if (request.status === 201) resolve(body as Media);
      else reject(errorFrom(request.status, body));
    };
    request.onerror = () => reject(new ApiError(0, "offline", "The server cannot be reached."));
    request.open("POST", "/api/v1/inbox/media/");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    const form = new FormData();
    form.append("file", file);
    form.append("channel", channelId);
    request.send(form);
  });
  return { done, abort: () => request.abort() };
}
