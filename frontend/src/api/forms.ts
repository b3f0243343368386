/** JSON Schemas, as far as the page makes forms of them. */

export interface Field {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: (string | number)[];
  anyOf?: Field[];
  $ref?: string;
  items?: Field;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  /** A secret: it is never told, only set. */
  writeOnly?: boolean;
  /** What most people leave as it is. */
  "x-advanced"?: boolean;
}

export interface Schema extends Field {
  properties?: Record<string, Field>;
  required?: string[];
  $defs?: Record<string, Field>;
}
