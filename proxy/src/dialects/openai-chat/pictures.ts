import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { PictureSource } from '../../wire/stream-event.ts';
import { dataUrl, sourceFromUrl } from '../data-url.ts';
import type { Picture } from '../fold-answer.ts';
import { opaqueFor, ownFields } from '../opaque.ts';

/** Pictures that a model has made, in the member that OpenRouter has for them: `images: [{type: image_url, image_url: {url}}]`. */
export function picturesOf(images: Json | undefined): readonly Picture[] {
  return (asArray(images) ?? []).flatMap((item): Picture[] => {
    const { type: _type, index: _index, image_url: image, ...extra } = asObject(item) ?? {};
    const url = asString(asObject(image)?.['url']);
    const source = url === undefined ? undefined : pictureSource(url);
    const opaque = opaqueFor('openai-chat', extra);
    return source === undefined ? [] : [{ type: 'image', source, ...(opaque && { opaque }) }];
  });
}

function pictureSource(url: string): PictureSource | undefined {
  const source = sourceFromUrl(url);
  return source.type === 'url' || source.type === 'base64' ? source : undefined;
}

export function encodePicture({ source, opaque }: Omit<Picture, 'type'>): JsonObject {
  const url = source.type === 'url' ? source.url : dataUrl(source.mediaType, source.data);
  return { type: 'image_url', image_url: { url }, ...ownFields(opaque, 'openai-chat') };
}
