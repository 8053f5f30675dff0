//! The payment file: a SEPA credit transfer initiation (ISO 20022, `pain.001.001.09`), with the characters that every bank takes.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::bank::BankAccount;
use crate::model::{Currency, Money};
use plenum_core::{
    error::AppResult,
    ids::{Millis, WithdrawalId},
    time::Zone,
};
use plenum_store::faults;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// Characters of a name.
const NAME: usize = 70;
/// Characters of what the recipient's statement says.
const REMITTANCE: usize = 140;

/// One transfer.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    /// What it pays.
    pub withdrawal: WithdrawalId,
    /// In cents.
    pub amount: i64,
    /// To whom.
    pub to: BankAccount,
}

/// What a file says.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    pub message_id: &'a str,
    pub at: Millis,
    pub payer: &'a BankAccount,
    pub payments: &'a [Payment],
}

impl Order<'_> {
    /// The sum of its payments, in cents.
    pub fn sum(&self) -> i64 {
        self.payments.iter().map(|payment| payment.amount).sum()
    }

    /// The file.
    ///
    /// # Errors
    /// Internal, if it cannot be written.
    pub fn xml(&self) -> AppResult<Vec<u8>> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        self.write(&mut writer).map_err(|error| faults::because(&format!("a payment file cannot be written: {error}")))?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn write(&self, writer: &mut Out) -> io::Result<()> {
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let document = writer.create_element("Document").with_attribute(("xmlns", NAMESPACE));
        document.write_inner_content(|writer| {
            within(writer, "CstmrCdtTrfInitn", |writer| {
                within(writer, "GrpHdr", |writer| self.header(writer))?;
                within(writer, "PmtInf", |writer| self.information(writer))
            })
        })?;
        Ok(())
    }

    fn header(&self, writer: &mut Out) -> io::Result<()> {
        text(writer, "MsgId", self.message_id)?;
        text(writer, "CreDtTm", &Zone::machine(self.at))?;
        self.totals(writer)?;
        party(writer, "InitgPty", self.payer)
    }

    fn totals(&self, writer: &mut Out) -> io::Result<()> {
        text(writer, "NbOfTxs", &self.payments.len().to_string())?;
        text(writer, "CtrlSum", &decimal(self.sum()))
    }

    fn information(&self, writer: &mut Out) -> io::Result<()> {
        text(writer, "PmtInfId", self.message_id)?;
        text(writer, "PmtMtd", "TRF")?;
        text(writer, "BtchBookg", "true")?;
        self.totals(writer)?;
        within(writer, "PmtTpInf", |writer| within(writer, "SvcLvl", |writer| text(writer, "Cd", "SEPA")))?;
        // The day, of which a bank makes its next business day.
        let day = Zone::machine(self.at).chars().take(10).collect::<String>();
        within(writer, "ReqdExctnDt", |writer| text(writer, "Dt", &day))?;
        party(writer, "Dbtr", self.payer)?;
        account(writer, "DbtrAcct", self.payer)?;
        within(writer, "DbtrAgt", |writer| match self.payer.bic() {
            Some(bic) => within(writer, "FinInstnId", |writer| text(writer, "BICFI", bic)),
            None => within(writer, "FinInstnId", |writer| within(writer, "Othr", |writer| text(writer, "Id", "NOTPROVIDED"))),
        })?;
        text(writer, "ChrgBr", "SLEV")?;
        for payment in self.payments {
            within(writer, "CdtTrfTxInf", |writer| self.payment(writer, payment))?;
        }
        Ok(())
    }

    fn payment(&self, writer: &mut Out, payment: &Payment) -> io::Result<()> {
        let Payment { withdrawal, amount, to } = payment;
        within(writer, "PmtId", |writer| text(writer, "EndToEndId", &format!("WITHDRAWAL-{withdrawal}")))?;
        within(writer, "Amt", |writer| {
            let amount = decimal(*amount);
            let element = writer.create_element("InstdAmt").with_attribute(("Ccy", Currency::Eur.code()));
            element.write_text_content(BytesText::new(&amount)).map(drop)
        })?;
        if let Some(bic) = to.bic() {
            within(writer, "CdtrAgt", |writer| within(writer, "FinInstnId", |writer| text(writer, "BICFI", bic)))?;
        }
        party(writer, "Cdtr", to)?;
        account(writer, "CdtrAcct", to)?;
        let remittance = latin(&format!("{}: withdrawal {withdrawal}", self.payer.holder()), REMITTANCE);
        within(writer, "RmtInf", |writer| text(writer, "Ustrd", &remittance))
    }
}

type Out = Writer<Vec<u8>>;

fn within(writer: &mut Out, name: &'static str, content: impl FnOnce(&mut Out) -> io::Result<()>) -> io::Result<()> {
    writer.create_element(name).write_inner_content(content).map(drop)
}

fn text(writer: &mut Out, name: &'static str, text: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(text)).map(drop)
}

fn party(writer: &mut Out, name: &'static str, of: &BankAccount) -> io::Result<()> {
    within(writer, name, |writer| text(writer, "Nm", &latin(of.holder(), NAME)))
}

fn account(writer: &mut Out, name: &'static str, of: &BankAccount) -> io::Result<()> {
    within(writer, name, |writer| within(writer, "Id", |writer| text(writer, "IBAN", of.iban())))
}

fn decimal(cents: i64) -> String {
    Money::new(cents, Currency::Eur).plain()
}

/// `words` in the characters that all banks of SEPA take (EPC230-15), at most `most` of them: other letters by those that sound like them,
/// everything else by a full stop. A slash, which means something at the ends and in pairs, is a hyphen.
fn latin(words: &str, most: usize) -> String {
    let mut plain = String::new();
    for letter in words.chars() {
        match letter {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'Ä' => plain.push_str("Ae"),
            'Ö' => plain.push_str("Oe"),
            'Ü' => plain.push_str("Ue"),
            '&' => plain.push('+'),
            '/' | '_' => plain.push('-'),
            letter if is_allowed(letter) => plain.push(letter),
            letter if letter.is_ascii() => plain.push('.'),
            letter => {
                let like = deunicode::deunicode_char(letter).unwrap_or(".");
                plain.extend(like.chars().map(|like| if is_allowed(like) { like } else { '.' }));
            }
        }
    }
    let cut: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect();
    let cut = cut.trim_end();
    if cut.is_empty() { "NOTPROVIDED".to_owned() } else { cut.to_owned() }
}

fn is_allowed(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' | ' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn account_of(holder: &str, iban: &str, bic: &str) -> BankAccount {
        BankAccount::parse(holder, iban, bic).unwrap()
    }

    /// The whole file, as the bank gets it.
    #[test]
    fn a_file_as_the_bank_gets_it() {
        let payer = account_of("Städtische Bühne & Co", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX");
        let payments = [
            Payment { withdrawal: WithdrawalId(7), amount: 30_000, to: account_of("Zoë O'Neill <x>", "GB29 NWBK 6016 1331 9268 19", "") },
            Payment { withdrawal: WithdrawalId(9), amount: 5, to: account_of("Łukasz Żak", "NO93 8601 1117 947", "DNBANOKK") },
        ];
        let order = Order { message_id: "PLENUM-20261119-1", at: 1_795_102_860_000, payer: &payer, payments: &payments };
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>PLENUM-20261119-1</MsgId>
      <CreDtTm>2026-11-19T15:41:00Z</CreDtTm>
      <NbOfTxs>2</NbOfTxs>
      <CtrlSum>300.05</CtrlSum>
      <InitgPty>
        <Nm>Staedtische Buehne + Co</Nm>
      </InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>PLENUM-20261119-1</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <BtchBookg>true</BtchBookg>
      <NbOfTxs>2</NbOfTxs>
      <CtrlSum>300.05</CtrlSum>
      <PmtTpInf>
        <SvcLvl>
          <Cd>SEPA</Cd>
        </SvcLvl>
      </PmtTpInf>
      <ReqdExctnDt>
        <Dt>2026-11-19</Dt>
      </ReqdExctnDt>
      <Dbtr>
        <Nm>Staedtische Buehne + Co</Nm>
      </Dbtr>
      <DbtrAcct>
        <Id>
          <IBAN>DE89370400440532013000</IBAN>
        </Id>
      </DbtrAcct>
      <DbtrAgt>
        <FinInstnId>
          <BICFI>COBADEFFXXX</BICFI>
        </FinInstnId>
      </DbtrAgt>
      <ChrgBr>SLEV</ChrgBr>
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>WITHDRAWAL-7</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="EUR">300.00</InstdAmt>
        </Amt>
        <Cdtr>
          <Nm>Zoe O'Neill .x.</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>GB29NWBK60161331926819</IBAN>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>Staedtische Buehne + Co: withdrawal 7</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>WITHDRAWAL-9</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="EUR">0.05</InstdAmt>
        </Amt>
        <CdtrAgt>
          <FinInstnId>
            <BICFI>DNBANOKK</BICFI>
          </FinInstnId>
        </CdtrAgt>
        <Cdtr>
          <Nm>Lukasz Zak</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>NO9386011117947</IBAN>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>Staedtische Buehne + Co: withdrawal 9</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
    </PmtInf>
  </CstmrCdtTrfInitn>
</Document>
"#;
        let unescaped = String::from_utf8(order.xml().unwrap()).unwrap().replace("&apos;", "'");
        assert_eq!(unescaped, expected);
    }

    /// A payer without a BIC, as banks of SEPA find it by the IBAN.
    #[test]
    fn a_payer_needs_no_bic() {
        let payer = account_of("Bühne", "DE89 3704 0044 0532 0130 00", "");
        let payments = [Payment { withdrawal: WithdrawalId(1), amount: 100, to: payer.clone() }];
        let order = Order { message_id: "M", at: 0, payer: &payer, payments: &payments };
        let xml = String::from_utf8(order.xml().unwrap()).unwrap();
        assert!(xml.contains("<Id>NOTPROVIDED</Id>") && !xml.contains("BICFI"), "{xml}");
    }

    #[test]
    fn names_are_in_the_characters_of_banks() {
        for (name, written) in [
            ("Jürgen Groß", "Juergen Gross"),
            ("Ñandú / Søren_Øre", "Nandu - Soren-Ore"),
            ("//A//", "--A--"),
            ("a;b\"c", "a.b.c"),
            ("", "NOTPROVIDED"),
        ] {
            assert_eq!(latin(name, 70), written, "{name}");
        }
        assert_eq!(latin(&"ä".repeat(70), 70).len(), 70);
        assert_eq!(latin("ab cd", 3), "ab");
    }

    proptest! {
        #[test]
        fn only_allowed_characters_are_written(name in ".{0,120}") {
            let written = latin(&name, 70);
            prop_assert!(written.chars().all(is_allowed) && (1..=70).contains(&written.len()), "{}", written);
        }

        /// The control sum and the count are those of the payments that stand in the file.
        #[test]
        fn the_sum_of_a_file_is_that_of_its_payments(amounts in proptest::collection::vec(1..100_000_000_i64, 1..60)) {
            let payer = account_of("Stage", "DE89 3704 0044 0532 0130 00", "");
            let payments: Vec<Payment> = amounts.iter().zip(1..).map(|(amount, id)| Payment { withdrawal: WithdrawalId(id), amount: *amount, to: payer.clone() }).collect();
            let order = Order { message_id: "M", at: 0, payer: &payer, payments: &payments };
            let xml = String::from_utf8(order.xml().unwrap()).unwrap();
            let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
            let between = |from: &str, to: &str| xml.split(from).skip(1).map(|rest| rest.split(to).next().unwrap().to_owned()).collect::<Vec<_>>();
            let stated: Vec<i64> = between("<CtrlSum>", "<").iter().map(|text| cents(text)).collect();
            let paid: i64 = between("<InstdAmt Ccy=\"EUR\">", "<").iter().map(|text| cents(text)).sum();
            prop_assert_eq!(stated, vec![paid, paid]);
            prop_assert_eq!(paid, amounts.iter().sum::<i64>());
            prop_assert_eq!(between("<NbOfTxs>", "<"), vec![amounts.len().to_string(); 2]);
        }
    }
}
