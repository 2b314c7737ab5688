/** The package's schema as `pulumi import` reads it to write a program: types of arguments and outputs, no prose. */
import { isBlock, isCollection, type Field, type Fields, type Schema } from "./schema";

type Json = Record<string, unknown>;
const scalars = { string: "string", int: "integer", bool: "boolean" } as const;

export function packageSchema(version: string, schemas: readonly Schema[]): string {
  const types: Record<string, Json> = {};
  const resources = schemas.map((schema) => [schema.type, resource(schema, types)] as const);
  return JSON.stringify({ name: "docker", version, types, resources: Object.fromEntries(resources) });
}

function resource({ type, fields, named }: Schema, types: Record<string, Json>): Json {
  const name = type.slice(type.lastIndexOf(":") + 1);
  const taken = Object.entries(fields).filter(([, field]) => !field.missing);
  const properties = Object.fromEntries(taken.map(([key, field]) => [key, shape(field, name + capital(key), types)]));
  const given = taken.filter(([, field]) => !field.output).map(([key]) => key);
  return {
    properties,
    inputProperties: Object.fromEntries(given.map((key) => [key, properties[key]])),
    requiredInputs: given.filter((key) => fields[key]?.required && !(named && key === "name")),
  };
}

function shape(field: Field, name: string, types: Record<string, Json>): Json {
  if (isBlock(field)) {
    const token = `docker:index/${name}:${name}`;
    types[token] = { type: "object", ...objectShape(field.fields, name, types) };
    const reference = { $ref: `#/types/${token}` };
    return field.one ? reference : { type: "array", items: reference };
  }
  if (isCollection(field)) return { type: "array", items: { type: scalars[field.of] } };
  return field.type === "map"
    ? { type: "object", additionalProperties: { type: "string" } }
    : { type: scalars[field.type] };
}

function objectShape(fields: Fields, name: string, types: Record<string, Json>): Json {
  const entries = Object.entries(fields);
  return {
    properties: Object.fromEntries(entries.map(([key, field]) => [key, shape(field, name + capital(key), types)])),
    required: entries.filter(([, field]) => field.required).map(([key]) => key),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
