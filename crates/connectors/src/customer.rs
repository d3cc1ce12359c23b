//! The customers of a simulation: who they are and what they chat about, all from a seed.

use tieline_cim::ChannelData;

use crate::random::{Random, mix};
use crate::script::{NAME, Step};

/// Numbers of one country code that a seed may use.
const NUMBERS: u64 = 900_000_000;
const NUMBER_FIRST: u64 = 100_000_000;

const TYPING_SHARE: f64 = 0.3;
const READ_SHARE: f64 = 0.7;
const IMAGE_SHARE: f64 = 0.08;
const LOCATION_SHARE: f64 = 0.05;
const REPLY_SHARE: f64 = 0.15;
const IMAGE_URL: &str = "https://example.com/simulated/photo.jpg";

/// One customer. The same seed and index make the same customer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Phone number with country code, digits only; differs from customer to customer.
    pub identifier: String,
    pub first_name: &'static str,
    pub last_name: &'static str,
    language: &'static Language,
}

impl Customer {
    pub fn new(seed: u64, index: u32) -> Self {
        let mut random = Random::new(mix(seed) ^ u64::from(index));
        let language = random.pick(&LANGUAGES);
        let number = NUMBER_FIRST + (mix(seed) % NUMBERS + u64::from(index)) % NUMBERS;
        Self {
            identifier: format!("{}{number}", language.country_code),
            first_name: random.pick::<&str>(&language.first_names),
            last_name: random.pick::<&str>(&language.last_names),
            language,
        }
    }

    /// BCP 47.
    pub fn language(&self) -> &'static str {
        self.language.code
    }

    /// Both ends of the channel, for the header of a message.
    pub fn channel_data(&self, service_identifier: &str) -> ChannelData {
        ChannelData {
            channel_customer_identifier: self.identifier.clone(),
            service_identifier: service_identifier.to_owned(),
            customer_first_name: Some(self.first_name.to_owned()),
            customer_last_name: Some(self.last_name.to_owned()),
            ..ChannelData::default()
        }
    }

    /// A conversation with this many messages an agent sees, from opening to end.
    pub(crate) fn small_talk(&self, messages: u32, random: &mut Random) -> Vec<Step> {
        let mut steps = vec![Step::Start];
        for nth in 0..messages {
            if nth > 0 && random.chance(READ_SHARE) {
                steps.push(Step::Read);
            }
            if random.chance(TYPING_SHARE) {
                steps.push(Step::Typing);
            }
            steps.push(match nth {
                0 => say(random.pick::<&str>(&self.language.openings)),
                _ if nth + 1 == messages => say(random.pick::<&str>(&self.language.closings)),
                _ => self.middle(random),
            });
        }
        steps.push(Step::Read);
        steps.push(Step::End);
        steps
    }

    fn middle(&self, random: &mut Random) -> Step {
        let text = *random.pick(&self.language.middles);
        let kind = random.unit();
        if kind < IMAGE_SHARE {
            Step::Image { url: IMAGE_URL.to_owned(), caption: Some(text.to_owned()) }
        } else if kind < IMAGE_SHARE + LOCATION_SHARE {
            let (latitude, longitude) = self.language.place;
            Step::Location { latitude, longitude }
        } else if kind < IMAGE_SHARE + LOCATION_SHARE + REPLY_SHARE {
            Step::Reply { text: text.to_owned() }
        } else {
            say(text)
        }
    }

    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace(NAME, self.first_name)
    }
}

fn say(text: &str) -> Step {
    Step::Say { text: text.to_owned() }
}

#[derive(Debug)]
struct Language {
    code: &'static str,
    country_code: &'static str,
    /// Latitude and longitude of a place where it is spoken.
    place: (f64, f64),
    first_names: [&'static str; 4],
    last_names: [&'static str; 4],
    openings: [&'static str; 3],
    middles: [&'static str; 4],
    closings: [&'static str; 2],
}

static LANGUAGES: [Language; 6] = [
    Language {
        code: "en",
        country_code: "44",
        place: (51.5072, -0.1276),
        first_names: ["Grace", "Oliver", "Amelia", "Noah"],
        last_names: ["Taylor", "Hughes", "Okafor", "Clarke"],
        openings: [
            "Hi, this is {name}. My parcel has not arrived.",
            "Hello, I was charged twice this month.",
            "Good morning, my internet keeps dropping.",
        ],
        middles: [
            "The reference is 4711-A.",
            "It started on Monday.",
            "Could you check that for me, please?",
            "I have tried switching it off and on.",
        ],
        closings: ["Perfect, thank you for your help!", "Great, that was all. Bye!"],
    },
    Language {
        code: "ur",
        country_code: "92",
        place: (24.8607, 67.0011),
        first_names: ["عائشہ", "احمد", "زینب", "بلال"],
        last_names: ["خان", "قریشی", "ملک", "صدیقی"],
        openings: [
            "السلام علیکم، میرا آرڈر ابھی تک نہیں پہنچا۔",
            "میں {name} ہوں، میرے بل میں غلطی ہے۔",
            "میرا انٹرنیٹ کل سے بند ہے۔",
        ],
        middles: [
            "میرا حوالہ نمبر ۴۷۱۱ ہے۔",
            "یہ مسئلہ پیر کے دن شروع ہوا۔",
            "کیا آپ دیکھ سکتے ہیں؟",
            "میں نے دوبارہ کوشش کی ہے۔",
        ],
        closings: ["بہت شکریہ!", "ٹھیک ہے، اللہ حافظ۔"],
    },
    Language {
        code: "de",
        country_code: "49",
        place: (52.5163, 13.3777),
        first_names: ["Jonas", "Lena", "Finn", "Mia"],
        last_names: ["Brandt", "Vogt", "Özdemir", "Schäfer"],
        openings: [
            "Guten Tag, hier ist {name}. Mein Router startet dauernd neu.",
            "Hallo, meine Rechnung stimmt nicht.",
            "Moin, wo bleibt meine Lieferung?",
        ],
        middles: [
            "Die Vertragsnummer ist 4711-A.",
            "Seit Montag geht das so.",
            "Könnten Sie das bitte prüfen?",
            "Das habe ich schon versucht, ohne Erfolg.",
        ],
        closings: ["Vielen Dank für die schnelle Hilfe!", "Alles klar, schönen Tag noch!"],
    },
    Language {
        code: "es",
        country_code: "34",
        place: (40.4168, -3.7038),
        first_names: ["Lucía", "Mateo", "Íñigo", "Carmen"],
        last_names: ["García", "Muñoz", "Ibáñez", "Romero"],
        openings: [
            "Hola, soy {name}. ¿Dónde está mi pedido?",
            "Buenas tardes, me han cobrado dos veces.",
            "No puedo entrar en mi cuenta.",
        ],
        middles: [
            "El número de referencia es 4711-A.",
            "Empezó el lunes.",
            "¿Podría comprobarlo, por favor?",
            "Ya lo he intentado varias veces.",
        ],
        closings: ["¡Muchas gracias por la ayuda!", "Perfecto, eso era todo."],
    },
    Language {
        code: "ar",
        country_code: "971",
        place: (25.2048, 55.2708),
        first_names: ["فاطمة", "يوسف", "مريم", "عمر"],
        last_names: ["الحسن", "النجار", "المنصوري", "حداد"],
        openings: [
            "مرحبا، أنا {name}. طلبي لم يصل بعد.",
            "السلام عليكم، هناك خطأ في الفاتورة.",
            "الإنترنت لا يعمل منذ أمس.",
        ],
        middles: [
            "رقم المرجع هو ٤٧١١.",
            "بدأت المشكلة يوم الاثنين.",
            "هل يمكنك التحقق من فضلك؟",
            "لقد حاولت ذلك من قبل.",
        ],
        closings: ["شكرا جزيلا على المساعدة!", "ممتاز، مع السلامة."],
    },
    Language {
        code: "ja",
        country_code: "81",
        place: (35.6812, 139.7671),
        first_names: ["陽菜", "蓮", "さくら", "大翔"],
        last_names: ["佐藤", "鈴木", "高橋", "田中"],
        openings: [
            "こんにちは、{name}です。荷物がまだ届きません。",
            "請求額が間違っているようです。",
            "昨日からインターネットにつながりません 😢",
        ],
        middles: [
            "お客様番号は4711です。",
            "月曜日からです。",
            "確認していただけますか?",
            "再起動は試しました。",
        ],
        closings: ["ありがとうございました!", "助かりました。失礼します。"],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_seed_makes_the_same_customers_and_all_of_them_differ() {
        let identifiers: HashSet<_> = (0..5_000).map(|index| Customer::new(7, index).identifier).collect();
        assert_eq!(identifiers.len(), 5_000);
        let languages: HashSet<_> = (0..100).map(|index| Customer::new(7, index).language()).collect();
        assert_eq!(languages.len(), LANGUAGES.len());
        let (one, again, other) = (Customer::new(7, 3), Customer::new(7, 3), Customer::new(8, 3));
        assert_eq!(one.identifier, again.identifier);
        assert_ne!(one.identifier, other.identifier);
    }

    #[test]
    fn small_talk_has_as_many_messages_as_asked_for() {
        for messages in [1, 2, 7, 40] {
            let steps = Customer::new(1, 1).small_talk(messages, &mut Random::new(u64::from(messages)));
            let content = steps.iter().filter(|step| step.is_content()).count();
            assert_eq!(content, messages as usize);
            assert_eq!((steps.first(), steps.last()), (Some(&Step::Start), Some(&Step::End)));
        }
    }
}
