/* SPDX-License-Identifier: PostgreSQL */
/* The JSON Schema of the configuration (draft 2020-12), nested as the keys are. */
#include "cli/schema.h"

#include "base/str.h"
#include "cli/value.h"

#include <cJSON.h>

#include <stdlib.h>
#include <string.h>

static void json_cleanup(cJSON **json)
{
    cJSON_Delete(*json);
}

static void text_cleanup(char **text)
{
    free(*text);
}

static cJSON *object_schema(void)
{
    cJSON *schema = cJSON_CreateObject();
    cJSON_AddStringToObject(schema, "type", "object");
    cJSON_AddObjectToObject(schema, "properties");
    cJSON_AddBoolToObject(schema, "additionalProperties", 0);
    return schema;
}

/* The schema of the group that holds the last part of a key, made on the way down. */
static cJSON *group_of(cJSON *root, const char *key, const char **last)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    cJSON *at = root;
    for (const char *dot = strchr(key, '.'); dot != NULL; dot = strchr(key, '.')) {
        cJSON *properties = cJSON_GetObjectItem(at, "properties");
        const char *name = arena_strndup(a, key, (size_t)(dot - key));
        cJSON *next = cJSON_GetObjectItem(properties, name);
        if (next == NULL) {
            next = object_schema();
            cJSON_AddItemToObject(properties, name, next);
        }
        at = next;
        key = dot + 1;
    }
    *last = key;
    return cJSON_GetObjectItem(at, "properties");
}

static void add_pattern(cJSON *schema, const char *pattern)
{
    cJSON *types = cJSON_AddArrayToObject(schema, "type");
    cJSON_AddItemToArray(types, cJSON_CreateString("string"));
    cJSON_AddItemToArray(types, cJSON_CreateString("number"));
    cJSON_AddStringToObject(schema, "pattern", pattern);
}

static void add_list(cJSON *schema)
{
    cJSON *types = cJSON_AddArrayToObject(schema, "type");
    cJSON_AddItemToArray(types, cJSON_CreateString("string"));
    cJSON_AddItemToArray(types, cJSON_CreateString("array"));
    cJSON_AddStringToObject(cJSON_AddObjectToObject(schema, "items"), "type", "string");
}

static void add_choices(cJSON *schema, const struct opt *opt)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    cJSON *words = cJSON_AddArrayToObject(schema, "enum");
    char *rest = NULL;
    for (char *word = strtok_r(arena_strdup(a, value_choices(a, opt)), " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        cJSON_AddItemToArray(words, cJSON_CreateString(word));
}

static cJSON *value_schema(const struct opt *opt)
{
    cJSON *schema = cJSON_CreateObject();
    cJSON_AddStringToObject(schema, "description", opt->help);
    switch (opt->kind) {
    case OPT_STRING:
    case OPT_PATH:
    case OPT_DSN:
        cJSON_AddStringToObject(schema, "type", "string");
        break;
    case OPT_SECRET:
        add_pattern(schema, "^(env|file):.+$");
        break;
    case OPT_UINT:
        cJSON_AddStringToObject(schema, "type", "integer");
        cJSON_AddNumberToObject(schema, "minimum", 0);
        break;
    case OPT_BOOL:
        cJSON_AddStringToObject(schema, "type", "boolean");
        break;
    case OPT_DURATION:
        add_pattern(schema, "^(0|[0-9]+(\\.[0-9]+)? ?(us|ms|s|sec|m|min|h|d))$");
        break;
    case OPT_SIZE:
        add_pattern(schema, "^[0-9]+(\\.[0-9]+)? ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$");
        break;
    case OPT_PERCENT:
        add_pattern(schema, "^[0-9]+(\\.[0-9]+)? ?%?$");
        break;
    case OPT_LIST:
        add_list(schema);
        break;
    case OPT_CHOICE:
        add_choices(schema, opt);
        break;
    }
    return schema;
}

void config_schema(struct buf *out)
{
    CLEANUP(json_cleanup) cJSON *root = object_schema();
    cJSON_AddStringToObject(root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    cJSON_AddStringToObject(root, "title", "configuration of pg_rehearse");
    for (size_t i = 0; i < OPT_IDS; i++) {
        const char *name;
        cJSON *properties = group_of(root, config_opts[i].key, &name);
        cJSON_AddItemToObject(properties, name, value_schema(&config_opts[i]));
    }
    CLEANUP(text_cleanup) char *text = cJSON_Print(root);
    buf_puts(out, text);
    buf_putc(out, '\n');
}
