/* SPDX-License-Identifier: PostgreSQL */
#include "load/expr.h"

#include <ctype.h>
#include <string.h>

enum expr_op {
    EXPR_NUMBER,
    EXPR_VARIABLE,
    EXPR_NEGATE,
    EXPR_ADD,
    EXPR_SUBTRACT,
    EXPR_MULTIPLY,
    EXPR_DIVIDE,
    EXPR_REMAINDER,
    EXPR_RANDOM,
    EXPR_ZIPFIAN,
    EXPR_EXPONENTIAL,
};

struct expr {
    enum expr_op op;
    int variable;
    int64_t number;
    double shape; /* third argument of the skewed functions */
    const struct expr *left, *right;
};

static const struct function {
    const char *name;
    enum expr_op op;
    bool has_shape;
    double shape_min, shape_max;
} functions[] = {
    {"random", EXPR_RANDOM, false, 0, 0},
    {"random_zipfian", EXPR_ZIPFIAN, true, RNG_ZIPF_MIN, RNG_ZIPF_MAX},
    {"random_exponential", EXPR_EXPONENTIAL, true, 0.001, 1000.0},
};

/* ---- parsing: one function a level of precedence ---- */

struct parser {
    struct arena *arena;
    const char *p, *end;
    const struct expr_names *names;
    int depth, nodes;
    struct err *e;
};

static const struct expr *parse_sum(struct parser *x);

static const struct expr *fail(struct parser *x, const char *what)
{
    int left = (int)(x->end - x->p < 20 ? x->end - x->p : 20);
    (void)err_set(x->e, ERR_USAGE, left > 0 ? "%s at \"%.*s\"" : "%s at the end%.*s", what, left,
                  x->p);
    return NULL;
}

static bool refuse(struct parser *x, const char *what)
{
    (void)fail(x, what);
    return false;
}

static const struct expr *node(struct parser *x, struct expr n)
{
    if (++x->nodes > EXPR_NODES_MAX)
        return fail(x, "the expression is too long");
    struct expr *made = ARENA_NEW(x->arena, struct expr);
    *made = n;
    return made;
}

static char peek(struct parser *x)
{
    while (x->p < x->end && isspace((unsigned char)*x->p))
        x->p++;
    return x->p < x->end ? *x->p : '\0';
}

static bool take(struct parser *x, char c)
{
    if (peek(x) != c)
        return false;
    x->p++;
    return true;
}

static struct slice take_name(struct parser *x)
{
    const char *from = x->p;
    while (x->p < x->end && (isalnum((unsigned char)*x->p) || *x->p == '_'))
        x->p++;
    return (struct slice){from, (size_t)(x->p - from)};
}

static struct slice take_decimal(struct parser *x)
{
    (void)peek(x);
    const char *from = x->p;
    while (x->p < x->end && (isdigit((unsigned char)*x->p) || *x->p == '.'))
        x->p++;
    return (struct slice){from, (size_t)(x->p - from)};
}

static const struct expr *parse_number(struct parser *x)
{
    int64_t n = 0;
    struct slice digits = take_decimal(x);
    const char *text = arena_strndup(x->arena, digits.p, digits.n);
    if (!str_parse_int(text, &n)) {
        x->p = digits.p;
        return fail(x, "not a whole number of 64 bits");
    }
    return node(x, (struct expr){.op = EXPR_NUMBER, .number = n});
}

static const struct expr *parse_variable(struct parser *x)
{
    const char *at = x->p;
    x->p++;
    struct slice name = take_name(x);
    int variable = name.n == 0 ? -1 : x->names->find(x->names->context, name);
    if (variable < 0) {
        x->p = at;
        return fail(x, "a variable that no line above has set");
    }
    return node(x, (struct expr){.op = EXPR_VARIABLE, .variable = variable});
}

static bool parse_shape(struct parser *x, const struct function *f, double *shape)
{
    if (!take(x, ','))
        return refuse(x, "a third argument is missing");
    struct slice digits = take_decimal(x);
    const char *text = arena_strndup(x->arena, digits.p, digits.n);
    if (digits.n == 0 || digits.n > 30 || !str_parse_double(text, shape) ||
        !(*shape >= f->shape_min && *shape <= f->shape_max)) {
        x->p = digits.p;
        return fail(x, f->op == EXPR_ZIPFIAN
                           ? "the third argument is a number from 1.001 to 1000"
                           : "the third argument is a number from 0.001 to 1000") != NULL;
    }
    return true;
}

static const struct expr *parse_call(struct parser *x)
{
    const char *at = x->p;
    struct slice name = take_name(x);
    const struct function *f = NULL;
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (slice_eq(name, functions[i].name))
            f = &functions[i];
    if (f == NULL) {
        x->p = at;
        return fail(x, "a function that load scripts do not have");
    }
    struct expr n = {.op = f->op};
    if (!take(x, '('))
        return fail(x, "\"(\" is missing");
    if ((n.left = parse_sum(x)) == NULL)
        return NULL;
    if (!take(x, ','))
        return fail(x, "a second argument is missing");
    if ((n.right = parse_sum(x)) == NULL)
        return NULL;
    if (f->has_shape && !parse_shape(x, f, &n.shape))
        return NULL;
    return take(x, ')') ? node(x, n) : fail(x, "\")\" is missing");
}

static const struct expr *parse_bracket(struct parser *x)
{
    x->p++;
    const struct expr *inner = parse_sum(x);
    if (inner != NULL && !take(x, ')'))
        return fail(x, "\")\" is missing");
    return inner;
}

static const struct expr *parse_factor(struct parser *x);

static const struct expr *parse_negative(struct parser *x)
{
    x->p++;
    const struct expr *operand = parse_factor(x);
    if (operand == NULL)
        return NULL;
    return node(x, (struct expr){.op = EXPR_NEGATE, .left = operand});
}

static const struct expr *parse_factor_within(struct parser *x)
{
    char c = peek(x);
    if (c == '-')
        return parse_negative(x);
    if (c == '(')
        return parse_bracket(x);
    if (c == ':')
        return parse_variable(x);
    if (isdigit((unsigned char)c))
        return parse_number(x);
    if (isalpha((unsigned char)c))
        return parse_call(x);
    return fail(x, "a number, a variable or a function is missing");
}

static const struct expr *parse_factor(struct parser *x)
{
    if (++x->depth > EXPR_DEPTH_MAX)
        return fail(x, "the expression is nested too deeply");
    const struct expr *factor = parse_factor_within(x);
    x->depth--;
    return factor;
}

static const struct expr *parse_product(struct parser *x)
{
    const struct expr *left = parse_factor(x);
    while (left != NULL) {
        enum expr_op op = EXPR_MULTIPLY;
        char c = peek(x);
        if (c == '/')
            op = EXPR_DIVIDE;
        else if (c == '%')
            op = EXPR_REMAINDER;
        else if (c != '*')
            return left;
        x->p++;
        const struct expr *right = parse_factor(x);
        left =
            right == NULL ? NULL : node(x, (struct expr){.op = op, .left = left, .right = right});
    }
    return NULL;
}

static const struct expr *parse_sum(struct parser *x)
{
    const struct expr *left = parse_product(x);
    while (left != NULL) {
        char c = peek(x);
        if (c != '+' && c != '-')
            return left;
        x->p++;
        const struct expr *right = parse_product(x);
        enum expr_op op = c == '+' ? EXPR_ADD : EXPR_SUBTRACT;
        left =
            right == NULL ? NULL : node(x, (struct expr){.op = op, .left = left, .right = right});
    }
    return NULL;
}

bool expr_parse(struct arena *a, struct slice text, const struct expr_names *names,
                const struct expr **expr, struct err *e)
{
    struct parser x = {.arena = a, .p = text.p, .end = text.p + text.n, .names = names, .e = e};
    const struct expr *parsed = parse_sum(&x);
    if (parsed == NULL)
        return false;
    if (peek(&x) != '\0' || x.p < x.end)
        return refuse(&x, "the expression should end");
    *expr = parsed;
    return true;
}

/* ---- evaluation ---- */

static bool divide(enum expr_op op, int64_t a, int64_t b, int64_t *result, struct err *e)
{
    if (b == 0)
        return err_set(e, ERR_LIMIT, "division by zero");
    if (a == INT64_MIN && b == -1)
        return err_set(e, ERR_LIMIT, "the result is beyond 64 bits");
    *result = op == EXPR_DIVIDE ? a / b : a % b;
    return true;
}

static bool calculate(enum expr_op op, int64_t a, int64_t b, int64_t *result, struct err *e)
{
    bool beyond = false;
    if (op == EXPR_DIVIDE || op == EXPR_REMAINDER)
        return divide(op, a, b, result, e);
    if (op == EXPR_ADD)
        beyond = __builtin_add_overflow(a, b, result);
    else if (op == EXPR_SUBTRACT)
        beyond = __builtin_sub_overflow(a, b, result);
    else
        beyond = __builtin_mul_overflow(a, b, result);
    return beyond ? err_set(e, ERR_LIMIT, "the result is beyond 64 bits") : true;
}

static bool variable(const struct value *v, int64_t *result, struct err *e)
{
    if (v->text != NULL)
        return err_set(e, ERR_LIMIT, "\"%.40s\" is no whole number to calculate with", v->text);
    *result = v->number;
    return true;
}

bool expr_eval(const struct expr *x, const struct value *variables, struct rng *rng,
               int64_t *result, struct err *e)
{
    int64_t a = 0, b = 0;
    if (x->left != NULL && !expr_eval(x->left, variables, rng, &a, e))
        return false;
    if (x->right != NULL && !expr_eval(x->right, variables, rng, &b, e))
        return false;
    switch (x->op) {
    case EXPR_NUMBER:
        *result = x->number;
        return true;
    case EXPR_VARIABLE:
        return variable(&variables[x->variable], result, e);
    case EXPR_NEGATE:
        return calculate(EXPR_SUBTRACT, 0, a, result, e);
    case EXPR_ADD:
    case EXPR_SUBTRACT:
    case EXPR_MULTIPLY:
    case EXPR_DIVIDE:
    case EXPR_REMAINDER:
        return calculate(x->op, a, b, result, e);
    case EXPR_RANDOM:
    case EXPR_ZIPFIAN:
    case EXPR_EXPONENTIAL:
        break;
    }
    if (a > b)
        return err_set(e, ERR_LIMIT, "a range from %lld to %lld is empty", (long long)a,
                       (long long)b);
    if (x->op == EXPR_RANDOM)
        *result = rng_range(rng, a, b);
    else if (x->op == EXPR_ZIPFIAN)
        *result = rng_zipfian(rng, a, b, x->shape);
    else
        *result = rng_exponential_range(rng, a, b, x->shape);
    return true;
}
