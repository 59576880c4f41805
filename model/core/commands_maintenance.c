/* SPDX-License-Identifier: Apache-2.0 */
/* commands_maintenance.c - repairs, CXL r3.1 8.2.9.7. */
#include "cci.h"
#include "memory_ranges.h"

#include <cxldcd/ctypes/event.h>
#include <cxldcd/ctypes/generic.h>
#include <cxldcd/ctypes/return_code.h>

#include <string.h>

/* A maintenance operation, and how its parameters look. */
struct operation {
    uint8_t operation_class;
    uint8_t subclass;
    enum dcd_repair repair;
    uint32_t length; /* of its parameters, which begin with flags */
    uint8_t flags;   /* that are not reserved */
};

#define PPR_LENGTH ((uint32_t)sizeof(struct dcd_ppr_parameters))
#define SPARING_LENGTH ((uint32_t)sizeof(struct dcd_sparing_parameters))
#define SPARING_FLAGS                                                      \
    (DCD_REPAIR_QUERY | DCD_SPARING_HARD | DCD_SPARING_SUB_CHANNEL_VALID | \
     DCD_SPARING_NIBBLE_MASK_VALID)

/* CXL r3.1 Table 8-110. */
static const struct operation operations[] = {
    {DCD_MAINTENANCE_NONE, 0, DCD_REPAIR_COUNT, 0, 0},
    {DCD_MAINTENANCE_PPR, DCD_PPR_SOFT, DCD_REPAIR_SOFT_PPR, PPR_LENGTH,
     DCD_REPAIR_QUERY},
    {DCD_MAINTENANCE_PPR, DCD_PPR_HARD, DCD_REPAIR_HARD_PPR, PPR_LENGTH,
     DCD_REPAIR_QUERY},
    {DCD_MAINTENANCE_SPARING, DCD_SPARING_CACHELINE, DCD_REPAIR_CACHELINE,
     SPARING_LENGTH, SPARING_FLAGS},
    {DCD_MAINTENANCE_SPARING, DCD_SPARING_ROW, DCD_REPAIR_ROW, SPARING_LENGTH,
     SPARING_FLAGS},
    {DCD_MAINTENANCE_SPARING, DCD_SPARING_BANK, DCD_REPAIR_BANK, SPARING_LENGTH,
     SPARING_FLAGS},
    {DCD_MAINTENANCE_SPARING, DCD_SPARING_RANK, DCD_REPAIR_RANK, SPARING_LENGTH,
     SPARING_FLAGS},
};

static const struct operation *
find(const struct dcd_perform_maintenance_req *req)
{
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        if (operations[i].operation_class == req->operation_class &&
            operations[i].subclass == req->subclass)
            return &operations[i];
    return NULL;
}

static bool is_ppr(const struct operation *operation)
{
    return operation->operation_class == DCD_MAINTENANCE_PPR;
}

/* Sparing says for itself whether it is to last. */
static bool is_hard(const struct operation *operation, uint8_t flags)
{
    return is_ppr(operation) ? operation->subclass == DCD_PPR_HARD
                             : flags & DCD_SPARING_HARD;
}

/* The line that a PPR names by any of its bytes. */
static uint64_t line_of(const uint8_t *parameters)
{
    const struct dcd_ppr_parameters *ppr = (const void *)parameters;

    return dcd_get64(ppr->dpa) & ~(uint64_t)(DCD_LINE - 1);
}

static bool has_line(const struct dcd_memory_device *memory, uint64_t line)
{
    struct dcd_memory_piece piece;

    return dcd_memory_next(memory, line, line + (DCD_LINE - 1), &piece) &&
           piece.dpa == line;
}

/* The line's good bytes move to the spare; those of a poisoned line are lost.
 */
static void repair_line(struct dcd_memory_device *memory, uint64_t line)
{
    const struct dcd_memory_ops *ops = memory->ops;
    struct dcd_poisoned poisoned;

    if (!dcd_memory_next_poisoned(memory, line, line + (DCD_LINE - 1),
                                  &poisoned))
        return;
    dcd_memory_erase(memory, line, line + (DCD_LINE - 1));
    ops->poison_changed(ops->context, memory->head, line, DCD_LINE);
}

/* Memory Sparing Event Record, CXL r3.1 8.2.9.2.1.4; the device does not know
 * which chips a DPA lies in. */
static void report(const struct dcd_memory_device *memory,
                   const struct operation *operation)
{
    struct dcd_memory_sparing_event record;
    unsigned spares =
        dcd_maintenance_spares(&memory->maintenance, operation->repair);

    memset(&record, 0, sizeof(record));
    record.header = dcd_port_event_header(memory->config, memory->head,
                                          &dcd_uuid_memory_sparing_event,
                                          DCD_EVENT_SEVERITY_INFO);
    record.operation_class = operation->operation_class;
    record.subclass = operation->subclass;
    record.flags = is_hard(operation, 0) ? DCD_SPARING_EVENT_HARD : 0;
    record.spares = dcd_put16(
        (uint16_t)dcd_least(spares, (uint32_t)DCD_SPARING_EVENT_MANY));
    memory->ops->event(memory->ops->context, memory->head,
                       DCD_LOG_INFORMATIONAL, &record);
}

static bool wants_report(const struct dcd_memory_device *memory,
                         const struct operation *operation)
{
    return dcd_features_ppr_reports(&memory->features,
                                    operation->subclass == DCD_PPR_HARD
                                        ? DCD_FEATURE_HARD_PPR
                                        : DCD_FEATURE_SOFT_PPR);
}

static void repair(struct dcd_memory_device *memory,
                   const struct operation *operation, const uint8_t *parameters)
{
    dcd_maintenance_take(&memory->maintenance, operation->repair,
                         is_hard(operation, parameters[0]));
    if (!is_ppr(operation))
        return;
    repair_line(memory, line_of(parameters));
    if (wants_report(memory, operation))
        report(memory, operation);
}

static uint16_t check(const struct dcd_memory_device *memory,
                      const struct operation *operation,
                      const uint8_t *parameters)
{
    if (parameters[0] & ~operation->flags)
        return DCD_RC_INVALID_INPUT;
    if (is_ppr(operation) && !has_line(memory, line_of(parameters)))
        return DCD_RC_INVALID_PHYSICAL_ADDRESS;
    return dcd_maintenance_spares(&memory->maintenance, operation->repair) == 0
               ? DCD_RC_RESOURCES_EXHAUSTED
               : DCD_RC_SUCCESS;
}

/* 0600h Perform Maintenance, CXL r3.1 8.2.9.7.1: done at once. */
uint16_t dcd_perform_maintenance(struct dcd_cci_call *call)
{
    const struct operation *operation = find((const void *)call->in);
    const uint8_t *parameters =
        call->in + sizeof(struct dcd_perform_maintenance_req);
    uint16_t rc;

    if (!operation)
        return DCD_RC_INVALID_INPUT;
    if (call->in_length !=
        sizeof(struct dcd_perform_maintenance_req) + operation->length)
        return DCD_RC_INVALID_PAYLOAD_LENGTH;
    if (operation->length == 0)
        return DCD_RC_SUCCESS;
    rc = check(call->memory, operation, parameters);
    if (rc == DCD_RC_SUCCESS && !(parameters[0] & DCD_REPAIR_QUERY))
        repair(call->memory, operation, parameters);
    return rc;
}
