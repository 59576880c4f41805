/* SPDX-License-Identifier: Apache-2.0 */
/* command_steps.cpp - any command with its bytes, also through tunnels. */
#include "steps.hpp"
#include "text.hpp"

#include <cxldcd/cci_tunnel.hpp>
#include <cxldcd/ctypes/fm_devices.h>
#include <cxldcd/ctypes/opcode.h>

#include <algorithm>
#include <memory>

namespace dcd
{
namespace
{

using tunnels = std::vector<std::unique_ptr<cci_tunnel>>;

/* The first layer that was refused; success: none was. */
uint16_t refusal_of(const tunnels &layers)
{
    for (const auto &layer : layers)
        if (layer->refusal() != DCD_RC_SUCCESS)
            return layer->refusal();
    return DCD_RC_SUCCESS;
}

std::string rest_text(const bytes &payload, size_t from)
{
    return from < payload.size()
               ? hex_text(payload.data() + from, payload.size() - from)
               : "nothing";
}

} // namespace

void steps::compare_payload(outcome &o, const response &got)
{
    const dcd_step &step = o.step();
    const bytes want(step.expect_payload,
                     step.expect_payload + step.expect_payload_size);

    if (!step.expect_payload_given || want == got.payload)
        return;
    const auto at = std::mismatch(want.begin(), want.end(), got.payload.begin(),
                                  got.payload.end())
                        .first -
                    want.begin();
    const auto from = static_cast<size_t>(at);
    std::string problem = format("expected %s from byte %zu on, got %s",
                                 rest_text(want, from).c_str(), from,
                                 rest_text(got.payload, from).c_str());
    if (want.size() != got.payload.size())
        problem +=
            format(" (%s, not %zu)",
                   counted(got.payload.size(), "byte").c_str(), want.size());
    o.fail(problem);
}

/* What the layers answer is one thing, what is behind them another. */
void steps::tunnelled(outcome &o, const actor &a, const bytes &payload)
{
    const dcd_step &step = o.step();
    tunnels layers;
    cci_port *port = a.port;

    for (unsigned i = 0; i < step.layer_count; i++) {
        const dcd_step_layer &layer = step.layers[i];
        layers.push_back(
            std::make_unique<cci_tunnel>(*port, layer.target, layer.id));
        port = layers.back().get();
    }
    const response answer = port->command(step.opcode, payload);
    const uint16_t refusal = refusal_of(layers);
    if (refusal != step.expect_tunnel)
        return o.fail(format("expected a tunnel that answers %s, got %s",
                             dcd_return_code_name(step.expect_tunnel),
                             dcd_return_code_name(refusal)));
    if (refusal != DCD_RC_SUCCESS)
        return o.say(std::string(": the tunnel answered ") +
                     dcd_return_code_name(refusal));
    if (answered(o, answer))
        compare_payload(o, answer);
    if (answer.ok())
        o.say(": " + counted(answer.payload.size(), "byte"));
}

void steps::raw_command(outcome &o)
{
    const dcd_step &step = o.step();
    const actor a = actor_of(step);
    const bytes payload(step.payload, step.payload + step.payload_size);

    o.say(
        format("command %04xh %s", step.opcode, dcd_opcode_name(step.opcode)));
    for (unsigned i = 0; i < step.layer_count; i++)
        o.say(step.layers[i].target == DCD_TUNNEL_LD_POOL
                  ? " in the pool"
                  : format(" in LD %u", step.layers[i].id));
    tunnelled(o, a, payload);
}

} // namespace dcd
