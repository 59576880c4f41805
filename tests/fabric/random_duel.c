/* SPDX-License-Identifier: Apache-2.0 */
/* random_duel.c - plays operations on a device and on the reference. */
#include "random_duel.h"

#include "fabric.h"

#include <stdlib.h>
#include <string.h>

/* --- The device ---------------------------------------------------------- */

static enum dcd_revision revision_of(unsigned number)
{
    return number == 30   ? DCD_REVISION_3_0
           : number == 31 ? DCD_REVISION_3_1
           : number == 32 ? DCD_REVISION_3_2
                          : DCD_REVISION_4_0;
}

static enum dcd_sanitize sanitize_of(enum ref_sanitize sanitize)
{
    return sanitize == REF_NEVER    ? DCD_SANITIZE_NO
           : sanitize == REF_ALWAYS ? DCD_SANITIZE_YES
                                    : DCD_SANITIZE_CONFIGURABLE;
}

static void configure(struct dcd_config *c, const struct ref_config *from)
{
    dcd_config_init(c);
    c->revision = revision_of(from->revision);
    c->heads = from->heads;
    c->mailbox_payload = 65536;
    c->extents = from->extents;
    c->tags = from->tags;
    c->dc_log = from->dc_log;
    c->fm_log = from->fm_log;
    c->lossy = from->lossy;
    c->reset = from->keep ? DCD_RESET_KEEP : DCD_RESET_RELEASE;
    c->sharable_release = from->by_extent ? DCD_SHARABLE_RELEASE_EXTENT
                                          : DCD_SHARABLE_RELEASE_TAG;
    c->check = true;
    c->region_count = from->regions;
    for (unsigned i = 0; i < from->regions; i++) {
        c->regions[i].length = from->region[i].length;
        c->regions[i].block_size = from->region[i].block;
        c->regions[i].block_sizes = from->region[i].blocks;
        c->regions[i].attributes = from->region[i].attributes;
        c->regions[i].sanitize = sanitize_of(from->region[i].sanitize);
    }
    for (unsigned head = 0; head < from->heads; head++)
        for (unsigned i = 0; i < from->regions; i++) {
            uint8_t own = from->attributes[head][i];

            c->head[head].attributes_given[i] = own != 0;
            c->head[head].attributes[i] = own & (uint8_t)~REF_NO_ATTRIBUTES;
        }
}

static uint64_t no_time(void *context)
{
    (void)context;
    return 0;
}

/* Sequences are played many times while they shrink: what the device has to
 * say is kept, not reported at once. */
static void keep_log(void *context, enum dcd_log_level level, const char *text)
{
    struct duel *d = context;

    if (level == DCD_LOG_LEVEL_ERROR && !d->why[0])
        snprintf(d->why, sizeof(d->why), "%s", text);
}

struct duel *duel_begin(const struct setup *setup, enum ref_fault fault)
{
    struct duel *d = calloc(1, sizeof(*d));
    struct dcd_config_error error;
    struct dcd_ops ops = {.context = d, .now = no_time, .log = keep_log};

    d->setup = setup;
    d->random = random_start(0);
    configure(&d->h.config, &setup->config);
    d->h.out = calloc(1, DCD_MBOX_MAX_PAYLOAD);
    d->h.device = dcd_device_create(&d->h.config, &ops, &error);
    if (!d->h.out || !d->h.device) {
        fprintf(stderr, "%s cannot be built: %s\n", setup->name, error.text);
        abort();
    }
    ref_init(&d->r, &setup->config);
    d->r.fault = fault;
    for (unsigned head = 0; head < setup->config.heads; head++)
        open_window(&d->h, head);
    duel_compare(d, 0, true);
    return d;
}

void duel_end(struct duel *d)
{
    dcd_device_destroy(d->h.device);
    free(d->h.out);
    free(d);
}

/* --- Operations ---------------------------------------------------------- */

static uint32_t records_of(struct harness *h, bool of_fm, unsigned head)
{
    return of_fm ? fm_get_events(h) : get_events(h, head);
}

/* 0101h with the handles of the oldest records, and 0 for those that are too
 * many. */
static uint16_t clear_records(struct harness *h, const struct op *op)
{
    struct dcd_clear_event_records_req req = {DCD_LOG_DYNAMIC_CAPACITY,
                                              op->all ? DCD_CLEAR_EVENTS_ALL
                                                      : 0,
                                              (uint8_t)op->count,
                                              {0}};
    bool of_fm = op->kind == OP_DRAIN;
    uint8_t in[sizeof(req) + 2 * 255] = {0};
    uint32_t records = records_of(h, of_fm, op->head);
    uint32_t size = (uint32_t)sizeof(req) + 2 * op->count;

    memcpy(in, &req, sizeof(req));
    for (uint32_t i = 0; i < op->count && i < records; i++)
        memcpy(in + sizeof(req) + 2 * i, &event_at(h, i)->header.handle, 2);
    return of_fm ? fm(h, DCD_OP_CLEAR_EVENT_RECORDS, in, size)
                 : mailbox(h, op->head, DCD_OP_CLEAR_EVENT_RECORDS, in, size);
}

static uint16_t store(struct harness *h, const struct op *op)
{
    uint64_t value = op->length;

    switch (dcd_device_write(h->device, op->head, WINDOW + op->list[0].dpa,
                             &value, sizeof(value))) {
    case DCD_ACCESS_OK:
        return STORE_DONE;
    case DCD_ACCESS_READ_ONLY:
        return STORE_READ_ONLY;
    default:
        return STORE_NOT_BACKED;
    }
}

static uint16_t send(struct harness *h, const struct op *op)
{
    struct message messages[2];
    unsigned count = random_messages(op, messages);
    uint16_t rc = DCD_RC_SUCCESS;

    for (unsigned i = 0; i < count && rc == DCD_RC_SUCCESS; i++) {
        const struct message *m = &messages[i];

        rc = random_is_fm(op)
                 ? fm(h, m->opcode, m->bytes, m->size)
                 : mailbox(h, op->head, m->opcode, m->bytes, m->size);
    }
    return rc;
}

static uint16_t play(struct harness *h, const struct op *op)
{
    switch (op->kind) {
    case OP_CLEAR:
    case OP_DRAIN:
        return clear_records(h, op);
    case OP_WRITE:
        return store(h, op);
    case OP_RESET:
        dcd_device_reset(h->device, op->head, DCD_RESET_CONVENTIONAL);
        open_window(h, op->head);
        return DCD_RC_SUCCESS;
    default:
        return send(h, op);
    }
}

/* --- What has been done -------------------------------------------------- */

/* What a success of [op] is; the group that it answered was [dead]. */
static enum deed deed_of(const struct op *op, bool dead)
{
    static const enum deed add[] = {DID_ADD_FREE, DID_ADD_CONTIGUOUS,
                                    DID_ADD_LIST, DID_SHARE};
    static const enum deed others[OP_KINDS] = {
        [OP_RELEASE] = DID_RELEASE,
        [OP_CONFIGURE] = DID_CONFIGURE,
        [OP_ADD_REFERENCE] = DID_ADD_REFERENCE,
        [OP_REMOVE_REFERENCE] = DID_REMOVE_REFERENCE,
        [OP_RESET] = DID_RESET,
        [OP_CLEAR] = DID_CLEAR,
        [OP_DRAIN] = DID_DRAIN,
        [OP_WRITE] = DID_WRITE,
    };
    bool tag = op->policy == DCD_RELEASE_TAG_BASED;

    switch (op->kind) {
    case OP_ADD:
        return add[op->policy];
    case OP_RESPOND:
        return dead ? DID_END_DEAD : op->count ? DID_ACCEPT : DID_REFUSE;
    case OP_TAKE:
        return op->forced ? (tag ? DID_FORCE_TAG : DID_FORCE_LIST)
                          : (tag ? DID_ASK_TAG : DID_ASK_LIST);
    default:
        return others[op->kind];
    }
}

static void count_failure(struct duel *d, uint16_t rc)
{
    static const struct {
        uint16_t rc;
        enum deed deed;
    } rows[] = {
        {DCD_RC_INVALID_INPUT, DID_FAIL_INVALID_INPUT},
        {DCD_RC_UNSUPPORTED, DID_FAIL_UNSUPPORTED},
        {DCD_RC_RETRY_REQUIRED, DID_FAIL_RETRY},
        {DCD_RC_INVALID_PHYSICAL_ADDRESS, DID_FAIL_ADDRESS},
        {DCD_RC_INVALID_PAYLOAD_LENGTH, DID_FAIL_PAYLOAD_LENGTH},
        {DCD_RC_RESOURCES_EXHAUSTED, DID_FAIL_RESOURCES},
        {DCD_RC_INVALID_EXTENT_LIST, DID_FAIL_EXTENT_LIST},
    };

    for (unsigned i = 0; i < COUNT(rows); i++)
        d->done[rows[i].deed] += rc == rows[i].rc;
}

static unsigned bits(unsigned set)
{
    unsigned count = 0;

    for (; set; set &= set - 1)
        count++;
    return count;
}

static void count_state(struct duel *d)
{
    struct ref_tag tag;
    bool lost = d->r.fm_log.lost != 0;
    bool full = false;

    for (unsigned head = 0; head < d->r.config.heads; head++) {
        lost = lost || d->r.log[head].lost;
        full = full || ref_available_extents(&d->r, head) == 0;
    }
    d->done[DID_LOSE_RECORDS] += lost;
    d->done[DID_FILL_UP] += full;
    for (unsigned i = 1; i <= REF_NAMES; i++) {
        if (!ref_tag(&d->r, i, &tag))
            continue;
        d->done[DID_SHARE_WIDELY] += bits(tag.references) > 2;
        d->done[DID_KEEP_BY_REFERENCE] += !tag.references && !tag.pending;
    }
}

static void count_deed(struct duel *d, const struct op *op, bool dead,
                       bool configured, uint16_t rc)
{
    if (op->kind == OP_WRITE)
        d->done[rc == STORE_DONE ? DID_WRITE : DID_REFUSE_WRITE] +=
            rc != STORE_NOT_BACKED;
    else if (rc != DCD_RC_SUCCESS)
        count_failure(d, rc);
    else if (!op->unfinished && (op->kind != OP_CONFIGURE || configured))
        d->done[deed_of(op, dead)]++;
    count_state(d);
}

/* --- A step -------------------------------------------------------------- */

static void remember_logs(struct duel *d)
{
    for (unsigned head = 0; head < d->r.config.heads; head++)
        d->records[head] = d->r.log[head].count;
    d->fm_records = d->r.fm_log.count;
}

/* Of what is left after a reset or 0101h, nothing is new. */
static void forget_logs(struct duel *d)
{
    for (unsigned head = 0; head < d->r.config.heads; head++)
        if (d->records[head] > d->r.log[head].count)
            d->records[head] = 0;
    if (d->fm_records > d->r.fm_log.count)
        d->fm_records = 0;
}

void duel_agree(struct duel *d, enum aspect aspect, const char *what,
                uint64_t expected, uint64_t actual)
{
    char whose[16] = "fm";

    if (expected == actual || d->difference.aspect != SAME)
        return;
    if (d->about >= 0)
        snprintf(whose, sizeof(whose), "h%d", d->about);
    d->difference.aspect = aspect;
    snprintf(d->difference.text, sizeof(d->difference.text),
             "%s: %s: the reference has %llxh, the device %llxh", whose, what,
             (unsigned long long)expected, (unsigned long long)actual);
}

bool duel_step(struct duel *d, const struct op *op, bool thorough)
{
    unsigned heads = d->r.config.heads;
    struct ref_range group[REF_LIST];
    struct ref_region before[REF_REGIONS];
    bool dead = false;
    uint16_t expected;

    d->difference.kind = op->kind;
    d->difference.step = d->steps++;
    if (op->kind == OP_RESPOND)
        ref_oldest_group(&d->r, op->head, group, &dead);
    memcpy(before, d->r.region, sizeof(before));
    remember_logs(d);
    expected = random_play(&d->r, op);
    forget_logs(d);
    count_deed(d, op, dead, memcmp(before, d->r.region, sizeof(before)) != 0,
               expected);
    d->about = random_is_fm(op) ? -1 : (int)op->head;
    duel_agree(d, CODE, op->kind == OP_WRITE ? "result" : "return code",
               expected, play(&d->h, op));
    duel_compare(d, op->head < heads ? op->head : 0, thorough);
    return d->difference.aspect == SAME;
}
