//! Generates prost's code for the benchmark's messages, with what serde needs to read and write ProtoJSON.

fn main() -> std::io::Result<()> {
    let protos = std::env::var("PROTOS").expect("PROTOS names the folder of contracts");
    println!("cargo:rerun-if-env-changed=PROTOS");
    let mut config = prost_build::Config::new();
    config
        .message_attribute(".", "#[derive(serde::Serialize, serde::Deserialize)]")
        .message_attribute(
            ".",
            "#[serde(default, rename_all = \"camelCase\", deny_unknown_fields)]",
        );
    let skip = |condition: &str| format!("#[serde(skip_serializing_if = \"{condition}\")]");
    // ProtoJSON leaves out what has its default value, quotes 64 bits and names an enum's values.
    for field in [
        "Tick.symbol",
        "DetailedOrder.order_id",
        "DetailedOrder.client_order_id",
        "DetailedOrder.account_id",
        "DetailedOrder.symbol",
        "DetailedOrder.strategy",
        "DetailedOrder.note",
        "Report.run_id",
        "ReportTrade.trade_id",
        "ReportTrade.symbol",
    ] {
        config.field_attribute(field, skip("String::is_empty"));
    }
    for field in [
        "DetailedOrder.price",
        "DetailedOrder.quantity",
        "DetailedOrder.filled",
        "DetailedOrder.average_price",
        "DetailedOrder.created_at",
        "DetailedOrder.updated_at",
        "ReportTrade.price",
        "ReportTrade.quantity",
        "ReportTrade.at",
    ] {
        config.field_attribute(field, skip("Option::is_none"));
    }
    for field in ["Report.trades", "Report.equity", "Report.bar_times"] {
        config.field_attribute(field, skip("Vec::is_empty"));
    }
    for field in ["DetailedOrder.labels"] {
        config.field_attribute(field, skip("std::collections::HashMap::is_empty"));
    }
    for field in [
        "Tick.timestamp_ns",
        "Tick.bid_ticks",
        "Tick.bid_lots",
        "Tick.ask_ticks",
        "Tick.ask_lots",
        "Tick.sequence",
        "Amount.units",
        "Instant.seconds",
    ] {
        config.field_attribute(field, "#[serde(with = \"crate::json::quoted\")]");
        config.field_attribute(field, skip("crate::json::is_zero"));
    }
    config.field_attribute("Report.bar_times", "#[serde(with = \"crate::json::quoted_list\")]");
    for field in [
        "Amount.nanos",
        "Instant.nanos",
        "DetailedOrder.side",
        "DetailedOrder.kind",
        "Report.sharpe",
        "ReportTrade.side",
        "ReportTrade.profit",
    ] {
        config.field_attribute(field, skip("crate::json::is_zero"));
    }
    for field in ["DetailedOrder.side", "ReportTrade.side"] {
        config.field_attribute(field, "#[serde(with = \"crate::json::side\")]");
    }
    config.field_attribute("DetailedOrder.kind", "#[serde(with = \"crate::json::kind\")]");
    config.compile_protos(&[format!("{protos}/bench/v1/codec.proto")], &[protos])
}
