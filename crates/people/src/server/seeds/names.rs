//! Names for a crowd: from many places, each first name with last names of its own place.

const PLACES: [(&str, &str); 24] = [
    (
        "Anna Lukas Clara Jonas Greta Felix Lotte Moritz Ida Emil",
        "Schneider Weber Hoffmann Krüger Vogel Albrecht Lindner Böhm Kaiser Winkler",
    ),
    (
        "Camille Hugo Léa Antoine Chloé Julien Manon Théo Élise Bastien",
        "Dubois Lefèvre Girard Mercier Fontaine Chevalier Roussel Perrin Marchand Blanchet",
    ),
    (
        "Giulia Marco Chiara Luca Elena Matteo Sofia Davide Alessia Paolo",
        "Rossi Ferrari Bianchi Romano Greco Conti Marino Rizzo Lombardi Moretti",
    ),
    (
        "Lucía Diego Carmen Álvaro Marta Javier Irene Pablo Nuria Sergio",
        "García Navarro Ortega Castillo Delgado Molina Serrano Iglesias Vidal Cano",
    ),
    (
        "Beatriz Tiago Inês João Mariana Rui Catarina Duarte Leonor Nuno",
        "Silva Ferreira Almeida Carvalho Teixeira Rocha Mendes Pinto Moreira Tavares",
    ),
    (
        "Emma Daan Sanne Bram Fleur Thijs Lotte Ruben Anouk Jeroen",
        "Jansen Bakker Smit Mulder Dekker Vermeer Kuiper Hoekstra Postma Brouwer",
    ),
    (
        "Freja Magnus Astrid Rasmus Sigrid Anders Ingrid Mikkel Tove Henrik",
        "Hansen Nielsen Sørensen Lund Dahl Berg Holm Bakke Strand Krogh",
    ),
    (
        "Aino Eero Helmi Juhani Kaisa Mikko Saara Olli Tuuli Antti",
        "Korhonen Virtanen Mäkinen Nieminen Laine Heikkinen Koskinen Järvinen Salonen Rantanen",
    ),
    (
        "Zofia Jakub Hanna Piotr Kasia Tomasz Ewa Marek Alicja Paweł",
        "Kowalska Wiśniewski Zieliński Mazur Kaczmarek Lis Baran Sikora Duda Pawlak",
    ),
    (
        "Tereza Jan Eliška Ondřej Barbora Vojtěch Klára Matěj Lucie Petr",
        "Novák Svoboda Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný",
    ),
    ("Ana Luka Maja Marko Petra Ivan Nina Matej Katja Jure", "Horvat Hribar Kovačić Babić Marić Krajnc Zupan Golob Vidmar Bizjak"),
    (
        "Ioana Andrei Elena Mihai Raluca Vlad Alina Radu Bianca Cristian",
        "Popescu Ionescu Dumitru Stan Munteanu Ilie Marin Rusu Lazăr Nistor",
    ),
    (
        "Eleni Nikos Katerina Giorgos Maria Dimitris Sofia Kostas Despina Yannis",
        "Papadakis Nikolaidis Georgiou Pappas Vlachos Karras Makris Economou Galanis Zervas",
    ),
    (
        "Olena Andrii Kateryna Maksym Iryna Taras Sofiia Bohdan Nadia Danylo",
        "Shevchenko Kovalenko Bondarenko Tkachenko Melnyk Lysenko Marchenko Savchuk Hrytsenko Moroz",
    ),
    ("Elif Emre Zeynep Can Defne Mert Selin Kerem Ayşe Onur", "Yılmaz Kaya Demir Çelik Şahin Aydın Arslan Doğan Polat Erdem"),
    ("Layla Yusuf Amira Karim Salma Tarek Hana Ziad Rania Sami", "Haddad Mansour Khalil Nasser Saleh Farouk Hamdan Aziz Shaheen Darwish"),
    (
        "Shirin Arash Leila Kaveh Nasrin Reza Parisa Dariush Mina Babak",
        "Ahmadi Karimi Hosseini Moradi Rahimi Tehrani Jafari Sadeghi Kazemi Farhadi",
    ),
    ("Ananya Arjun Priya Rohan Kavya Vikram Meera Aditya Isha Nikhil", "Sharma Iyer Patel Reddy Nair Gupta Mehta Banerjee Kulkarni Chopra"),
    ("Mei Wei Xin Jun Lan Hao Yan Ming Jing Tao", "Chen Zhang Liu Huang Zhao Wu Zhou Xu Sun Guo"),
    ("Yuki Haruto Sakura Ren Hina Sota Mio Kaito Aoi Riku", "Sato Suzuki Takahashi Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida"),
    ("Ji-woo Min-jun Seo-yeon Do-yun Ha-eun Jun-ho Su-bin Tae-yang Ye-jin Hyun-woo", "Kim Lee Park Choi Jung Kang Cho Yoon Lim Han"),
    ("Linh Minh Hoa Quang Mai Tuan Thu Duc Lan Khoa", "Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Ngo"),
    ("Amara Chidi Ngozi Tunde Adaeze Femi Zainab Kwame Abena Kofi", "Okafor Adebayo Eze Mensah Boateng Owusu Balogun Nwosu Asante Diallo"),
    (
        "Grace Liam Nora Ethan Maeve Owen Isla Rory Freya Callum",
        "Murphy Walsh Campbell Fraser Hughes Bennett Doyle Fletcher Morgan Sinclair",
    ),
];

/// The first `count` names (at most 2,400), all different, neighbours from different places.
pub(super) fn crowd(count: usize) -> impl Iterator<Item = String> {
    (0..count.min(2_400)).filter_map(|index| {
        let (first, last) = PLACES.get(index % PLACES.len())?;
        let round = index / PLACES.len();
        // Both walk through ten; the shift makes each of the hundred pairs come once.
        let first = first.split(' ').nth(round % 10)?;
        let last = last.split(' ').nth((round + round / 10) % 10)?;
        Some(format!("{first} {last}"))
    })
}

/// The address of somebody of the crowd, in plain letters.
pub(super) fn address(name: &str) -> String {
    let plain: String = name.to_lowercase().chars().filter_map(plain).collect();
    format!("{plain}@plenum.example")
}

fn plain(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '-' => c,
        ' ' => '.',
        'á' | 'à' | 'ã' | 'ä' | 'ă' | 'ą' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'é' | 'è' | 'ě' | 'ê' => 'e',
        'ğ' => 'g',
        'í' | 'ı' => 'i',
        'ł' => 'l',
        'ń' | 'ñ' | 'ň' => 'n',
        'ó' | 'ö' | 'ø' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ú' | 'ü' | 'ů' => 'u',
        'ý' => 'y',
        'ź' | 'ž' => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_name;
    use plenum_core::people::Email;
    use std::collections::HashSet;

    #[test]
    fn two_thousand_people_have_names_and_addresses_of_their_own() {
        let names: Vec<String> = crowd(2_000).collect();
        assert_eq!(names.len(), 2_000);
        // A few names belong to two places; people do have the same name. Addresses must differ.
        let addresses: HashSet<String> = names.iter().map(|name| address(name)).collect();
        assert_eq!(addresses.len(), 2_000);
        for name in &names {
            assert_eq!(&parse_name(name).unwrap(), name);
            let address = address(name);
            assert_eq!(Email::parse(&address).unwrap().as_str(), address);
            assert_eq!(address.chars().count(), name.chars().count() + "@plenum.example".len(), "a letter is missing: {address}");
        }
        for seed in super::super::PEOPLE {
            assert!(!addresses.contains(seed.email));
        }
    }
}
