//! Long forms: provider templates, order receipts and e-mails.

use crate::{Timestamp, content::Attachment};
use serde_json::{Number, Value};

wire_struct! {
    /// `TEMPLATE`: a message approved beforehand by the provider; namespace and name are required.
    pub struct Template {
        markdown_text: Option<String>,
        namespace: Option<String>,
        name: Option<String>,
        /// Also read from a bare language code.
        language: Option<TemplateLanguage>,
        /// Also read from `component`.
        components: Vec<TemplateComponent>,
        additional_details: Value,
    }

    /// Both required.
    pub struct TemplateLanguage {
        code: Option<String>,
        policy: Option<String>,
    }

    /// One part of a template.
    pub struct TemplateComponent {
        /// `header`, `body` or `button`.
        #[serde(rename = "type")]
        kind: Option<String>,
        additional_component_details: Value,
        parameters: Vec<TemplateParameter>,
    }

    /// One value filled in.
    pub struct TemplateParameter {
        /// `text`, `currency`, `date_time`, `image`, `document`, `video` or `payload`.
        parameter_type: Option<String>,
        additional_parameter_details: Value,
    }

    /// `RECEIPT`: an order receipt, not a delivery receipt. Amounts are whole numbers on the wire.
    pub struct Receipt {
        markdown_text: Option<String>,
        /// `"receipt"`.
        template_type: Option<String>,
        sharable: Option<bool>,
        recipient_name: Option<String>,
        merchant_name: Option<String>,
        order_number: Option<String>,
        currency: Option<String>,
        /// Sic: the wire spells it with an e at the end.
        #[serde(rename = "paymentMethode")]
        payment_method: Option<String>,
        /// Text, unlike every other timestamp.
        timestamp: Option<String>,
        elements: Vec<ReceiptElement>,
        address: Option<ReceiptAddress>,
        summary: Option<ReceiptSummary>,
        adjustments: Vec<ReceiptAdjustment>,
        additional_details: Value,
    }

    /// One article.
    pub struct ReceiptElement {
        title: Option<String>,
        subtitle: Option<String>,
        quantity: Option<Number>,
        price: Option<Number>,
        currency: Option<String>,
        image_url: Option<String>,
    }

    /// Where it is delivered.
    pub struct ReceiptAddress {
        street1: Option<String>,
        street2: Option<String>,
        city: Option<String>,
        postal_code: Option<String>,
        state: Option<String>,
        country: Option<String>,
    }

    /// The sums.
    pub struct ReceiptSummary {
        subtotal: Option<Number>,
        shipping_cost: Option<Number>,
        total_tax: Option<Number>,
        total_cost: Option<Number>,
    }

    /// A discount.
    pub struct ReceiptAdjustment {
        name: Option<String>,
        amount: Option<Number>,
    }

    /// `EMAIL`.
    pub struct Email {
        markdown_text: Option<String>,
        subject: Option<String>,
        from: Option<String>,
        reply_to: Vec<String>,
        receiving_date: Option<Timestamp>,
        /// Foreign HTML: never shown unsanitised.
        html_body: Option<String>,
        recipients_to: Vec<String>,
        recipients_cc: Vec<String>,
        recipients_bcc: Vec<String>,
        /// Message ids of the thread.
        email_threads: Vec<Value>,
        attachments: Vec<Attachment>,
        additional_details: Value,
    }
}
