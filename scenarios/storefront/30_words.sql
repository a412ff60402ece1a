-- The raw material of the rows, in a schema of its own which 90_finish.sql drops again.
--
-- storefront.rows      how many orders to make; everything else follows. 1000 to 1000000 are tried.
-- storefront.anchor    the moment which the data takes for now; every timestamp is relative to it.
--
-- Everything is a function of the row number (seed.h, seed.u), so that two fills with the same settings
-- are equal. The tables here have no index on purpose: they are small, and a hash join reads them once.

CREATE SCHEMA seed AUTHORIZATION shop_owner;
SET ROLE shop_owner;

-- A whole number from 0 to 2^31 - 1, or a fraction from 0 to below 1, from a row number and a salt.
CREATE FUNCTION seed.h(i bigint, salt bigint) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (pg_catalog.hashint8extended($1, $2) & 2147483647)::integer $$;
CREATE FUNCTION seed.u(i bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (pg_catalog.hashint8extended($1, $2) & 2147483647)::double precision / 2147483648.0 $$;

-- When order number i of n was placed: later orders are later, the shop grows, the last one is seconds old.
CREATE FUNCTION seed.placed_at(i bigint, n integer, anchor timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT $3 - interval '2 seconds'
        - pg_catalog.make_interval(secs => 36000000.0 * pg_catalog.power(
            ($2 - $1 + seed.u($1, 1)) / $2, 1.25)) $$;

-- Fills in the settings which the data files share, where the caller has not set them.
CREATE FUNCTION seed.configure() RETURNS void LANGUAGE plpgsql
    AS $$
DECLARE
    n integer := coalesce(nullif(current_setting('storefront.rows', true), ''), '150000');
    anchor text := nullif(current_setting('storefront.anchor', true), '');
BEGIN
    IF n < 100 THEN
        RAISE EXCEPTION 'storefront.rows is %, at least 100 are needed', n;
    END IF;
    PERFORM set_config('storefront.rows', n::text, false);
    PERFORM set_config('storefront.anchor', coalesce(anchor, now()::text), false);
    PERFORM set_config('storefront.customers', greatest(200, n * 3 / 10)::text, false);
    PERFORM set_config('storefront.products', greatest(120, n / 20)::text, false);
    -- The planner cannot know how many rows these statements make; 90_finish.sql undoes this.
    PERFORM set_config('work_mem', '256MB', false);
    PERFORM set_config('maintenance_work_mem', '256MB', false);
    PERFORM set_config('enable_mergejoin', 'off', false);
    PERFORM set_config('jit', 'off', false);
    PERFORM set_config('client_min_messages', 'warning', false);
END
$$;

SELECT seed.configure();

CREATE TABLE seed.params AS
    SELECT current_setting('storefront.rows')::integer AS n,
           current_setting('storefront.customers')::integer AS customers,
           current_setting('storefront.products')::integer AS products,
           current_setting('storefront.anchor')::timestamptz AS anchor;

-- People and places, by culture

CREATE TABLE seed.cultures (
    id integer, locale text, country text, dial text, latin boolean, postcode text, lang integer,
    given text[], family text[], cities text[], streets text[]);

INSERT INTO seed.cultures VALUES
(0, 'en-GB', 'GB', '+44', true, 'SW%s 4QT', 0,
 '{Alice,Oliver,Harriet,George,Niamh,Callum,Priya,Jack,Eleanor,Tariq,Siân,Zoë}',
 '{Smith,O''Connor,Whitfield,Patel,MacLeod,Hughes,Okafor,Barnes,Fitzgerald,Ng,Ashworth,Penhaligon}',
 '{London,Leeds,Bristol,Cardiff,Edinburgh,Norwich,Belfast,"St Ives"}',
 '{Mill Lane,King''s Road,Station Approach,The Shambles,Castle Street,Victoria Terrace}'),
(1, 'de-DE', 'DE', '+49', true, '%s123', 1,
 '{Jürgen,Anneliese,Björn,Käthe,Lukas,Sören,Heike,Matthias,Ömer,Greta,Friederike,Jörg}',
 '{Müller,Schäfer,Groß,Vogel,Yılmaz,Weiß,Köhler,Brandt,"von der Heide",Krüger,Böhm,Straßer}',
 '{Berlin,München,Köln,Düsseldorf,Görlitz,Hamburg,"Frankfurt (Oder)",Würzburg}',
 '{Hauptstraße,Lindenweg,Am Mühlenbach,Königsallee,Bahnhofstraße,Schloßplatz}'),
(2, 'fr-FR', 'FR', '+33', true, '%s020', 2,
 '{Élodie,François,Chloé,Théo,Aïcha,Benoît,Noémie,Jérôme,Maëlle,Hervé,Inès,Gaël}',
 '{Lefèvre,Dupont,Bérenger,Nguyễn,"de la Tour",Castaño,Garçon,Moreau,D''Arcy,Hébert,Roux,Besançon}',
 '{Paris,Besançon,Orléans,Nîmes,"L''Haÿ-les-Roses",Lyon,Saint-Étienne,Angoulême}',
 '{rue de la République,allée des Tilleuls,quai d''Orsay,chemin du Moulin à Vent,place de l''Église,impasse Molière}'),
(3, 'es-ES', 'ES', '+34', true, '%s001', 3,
 '{Íñigo,María José,Begoña,Ángel,Lucía,Andrés,Nuria,Óscar,Pilar,Joaquín,Sofía,Álvaro}',
 '{Núñez,García,Ibáñez,Muñoz,Fernández,Peña,Rodríguez,López-Ortega,Güell,Castro,Sáez,Vicuña}',
 '{Madrid,A Coruña,Málaga,Cáceres,Logroño,Barcelona,Ávila,Sevilla}',
 '{calle Mayor,avenida de la Constitución,plaza de España,paseo del Prado,camino del Río,calle Núñez de Balboa}'),
(4, 'pl-PL', 'PL', '+48', true, '%s-950', 4,
 '{Łukasz,Agnieszka,Małgorzata,Zbigniew,Święta,Michał,Grażyna,Paweł,Kinga,Wojciech,Żaneta,Józef}',
 '{Wójcik,Kowalska,Łoś,Zieliński,Dąbrowski,Źrebiec,Nowak,Pięta,Szczęsny,Wiśniewska,Gąsior,Ćwik}',
 '{Warszawa,Łódź,Kraków,Gdańsk,Wrocław,Białystok,Zielona Góra,Świnoujście}',
 '{ul. Długa,ul. Świętokrzyska,al. Jerozolimskie,ul. Piękna,pl. Zbawiciela,ul. Źródlana}'),
(5, 'el-GR', 'GR', '+30', false, '%s 22', 5,
 '{Γιώργος,Ελένη,Νίκος,Κατερίνα,Δημήτρης,Σοφία,Άγγελος,Ιωάννα}',
 '{Παπαδόπουλος,Νικολάου,Γεωργίου,Οικονόμου,Αγγελόπουλος,Χατζής,Δημητρίου,Βλάχου}',
 '{Αθήνα,Θεσσαλονίκη,Πάτρα,Ηράκλειο,Λάρισα,Χανιά}',
 '{Ερμού,Πανεπιστημίου,Ακαδημίας,Τσιμισκή,Εγνατία}'),
(6, 'ja-JP', 'JP', '+81', false, '%s-0014', 6,
 '{翔太,美咲,健一,さくら,大輔,陽子,蓮,ひなた,直樹,結衣}',
 '{佐藤,鈴木,高橋,田中,渡辺,伊藤,山本,中村,小林,齋藤}',
 '{東京都渋谷区,大阪市北区,京都市左京区,札幌市中央区,福岡市博多区,那覇市}',
 '{桜丘町,梅田,銀閣寺町,大通西,中洲,首里}'),
(7, 'zh-CN', 'CN', '+86', false, '%s100', 7,
 '{伟,芳,娜,秀英,敏,静,磊,洋,艳,杰}',
 '{王,李,张,刘,陈,杨,赵,黄,周,吴}',
 '{北京市,上海市,广州市,深圳市,成都市,杭州市}',
 '{中山路,人民路,解放路,建设路,南京东路}'),
(8, 'ko-KR', 'KR', '+82', false, '0%s34', 8,
 '{민준,서연,지훈,하은,도윤,지우,예준,수빈}',
 '{김,이,박,최,정,강,조,윤}',
 '{서울특별시,부산광역시,대구광역시,인천광역시,제주시}',
 '{세종대로,해운대로,동성로,송도문화로,중앙로}'),
(9, 'tr-TR', 'TR', '+90', true, '%s400', 9,
 '{Ayşe,Mehmet,Çağla,Işıl,Oğuz,İbrahim,Gülşen,Şükrü,Ümit,Zeynep}',
 '{Yıldız,Öztürk,Çelik,Şahin,Aydın,Kılıç,Doğan,Güneş,Işık,Bulut}',
 '{İstanbul,Ankara,İzmir,Eskişehir,Muğla,Şanlıurfa}',
 '{İstiklal Caddesi,Bağdat Caddesi,Atatürk Bulvarı,Çınar Sokak,Gül Sokağı}');

-- Sentences: beginning, middle and end of every language combined

CREATE TABLE seed.clauses (lang integer, code text, heads text[], middles text[], tails text[]);

INSERT INTO seed.clauses VALUES
(0, 'en',
 ARRAY['Arrived two days early', 'We bought three of these', 'My daughter picked the green one', 'I was sceptical at first',
  'The box was dented', 'After four weeks of daily use', 'Compared with the old model', 'It''s exactly as described',
  'Ordered on Monday', 'The "small" one is not small', 'Second order this year', 'My office has one too'],
 ARRAY['the seams are tidy', 'nothing rattles', 'the colour is warmer than on the photo', 'it fits a 13 inch laptop',
  'the lid closes with a proper click', 'it smells faintly of wood', 'the manual is only a QR code', 'the handle gets slippery',
  'one screw was missing but support sent it', 'it dries overnight', 'I''d have liked a longer cable', 'it weighs less than I feared'],
 ARRAY['Would buy again.', 'Four stars, not five.', 'No complaints so far!', 'Recommended 👍', 'Let us see how it ages…', 'Returned it, sorry.']),
(1, 'de',
 ARRAY['Schnell geliefert', 'Für meine Großmutter gekauft', 'Nach zwei Wäschen', 'Im Büro im Einsatz', 'Etwas größer als gedacht',
  'Das dritte Exemplar in der Familie', 'Die Verpackung war beschädigt', 'Auf Empfehlung einer Kollegin bestellt',
  'Zuerst war ich skeptisch', 'Im Vergleich zum Vorgänger', 'Pünktlich zum Fest', 'Für den Preis'],
 ARRAY['die Nähte sind sauber', 'nichts wackelt', 'die Farbe ist kräftiger als auf dem Bild', 'der Griff liegt gut in der Hand',
  'der Deckel schließt dicht', 'die Anleitung fehlt', 'es passt genau unter die Spüle', 'das Gewicht überrascht angenehm',
  'eine Schraube musste ich nachziehen', 'die Maße stimmen auf den Millimeter', 'es trocknet über Nacht', 'das Kabel dürfte länger sein'],
 ARRAY['Gerne wieder.', 'Klare Kaufempfehlung!', 'Ein Stern Abzug.', 'Mal sehen, wie lange es hält.', 'Geht leider zurück.', 'Müsste man öfter schenken 🎁']),
(2, 'fr',
 ARRAY['Reçu en deux jours', 'Offert à ma mère pour Noël', 'Après un mois d''usage', 'Un peu déçu au déballage', 'Déjà la troisième commande',
  'À côté de l''ancien modèle', 'Conforme à la photo', 'Le carton était abîmé', 'Commandé un dimanche', 'Pour ce prix-là', 'Très bel objet', 'Le coloris « crème » est plutôt beige'],
 ARRAY['les coutures sont nettes', 'rien ne bouge', 'le couvercle ferme bien', 'l''odeur a disparu en une nuit', 'la notice est illisible',
  'il tient debout tout seul', 'le câble est trop court', 'la poignée glisse un peu', 'c''est plus léger que prévu', 'ça passe au lave-vaisselle',
  'il manquait une vis', 'la finition est soignée'],
 ARRAY['Je rachèterai.', 'Parfait !', 'Dommage…', 'À voir dans la durée.', 'Renvoyé aussitôt.', 'Merci à l''équipe ☕']),
(3, 'es',
 ARRAY['Llegó antes de lo previsto', '¡Qué sorpresa!', 'Lo compré para mi hermano', 'Después de tres lavados', 'No esperaba tanto',
  'La caja venía golpeada', 'Es el segundo que pido', 'Comparado con el anterior', 'Para lo que cuesta', 'En la foto parecía más pequeño', 'Lo usa toda la oficina', 'Pedido el viernes'],
 ARRAY['las costuras aguantan', 'no hace ruido', 'el color es más vivo', 'cabe en la mochila del niño', 'el asa resbala',
  'faltaba un tornillo', 'la tapa cierra bien', 'pesa poquísimo', 'se limpia con un paño', 'el cable es corto', 'las instrucciones están en alemán', 'huele a madera'],
 ARRAY['Repetiré.', 'Muy recomendable 👌', '¿Para cuándo en azul?', 'Le quito una estrella.', 'Lo devolví.', 'Ya veremos cuánto dura.']),
(4, 'pl',
 ARRAY['Przesyłka dotarła wcześniej', 'Kupione dla żony', 'Po miesiącu używania', 'Zgodne z opisem', 'Trochę mniejsze, niż myślałem',
  'Opakowanie było uszkodzone', 'Drugi raz zamawiam', 'W porównaniu ze starym', 'Za tę cenę', 'Dzieci są zachwycone'],
 ARRAY['szwy są równe', 'nic nie skrzypi', 'kolor jest żywszy niż na zdjęciu', 'uchwyt leży w dłoni', 'brakowało jednej śruby',
  'kabel mógłby być dłuższy', 'wysycha przez noc', 'pokrywka się domyka', 'instrukcja jest po niemiecku', 'waży niewiele'],
 ARRAY['Polecam!', 'Kupię ponownie.', 'Odesłałem.', 'Zobaczymy, jak długo wytrzyma.', 'Minus jedna gwiazdka ⭐']),
(5, 'el',
 ARRAY['Ήρθε πολύ γρήγορα', 'Το πήρα για τη μητέρα μου', 'Μετά από έναν μήνα', 'Λίγο μικρότερο απ'' ό,τι περίμενα', 'Δεύτερη παραγγελία', 'Για τα λεφτά του'],
 ARRAY['οι ραφές είναι καθαρές', 'δεν κάνει θόρυβο', 'το χρώμα είναι πιο ζωντανό', 'έλειπε μία βίδα', 'το καλώδιο είναι κοντό', 'το καπάκι κλείνει καλά'],
 ARRAY['Το συνιστώ.', 'Θα το ξαναπάρω!', 'Το επέστρεψα.', 'Θα δείξει…']),
(6, 'ja',
 ARRAY['思ったより早く届きました。', '母へのプレゼントに購入。', '一か月使ってみて、', '写真より少し小さめですが、', '二回目の注文です。', '箱はへこんでいましたが、', '値段を考えると、', '会社でも使っています。'],
 ARRAY['縫い目がとてもきれいです', '音が静かです', '色は落ち着いています', '取っ手が少し滑ります', 'ネジが一本足りませんでした', '軽くて持ち運びやすいです', '蓋がしっかり閉まります', '説明書が英語だけでした'],
 ARRAY['。また買います。', '。おすすめです😊', '。星ひとつ減らしました。', '。返品しました。', '。様子を見ます。']),
(7, 'zh',
 ARRAY['快递很快，', '给女儿买的，', '用了一个月，', '比图片小一点，', '第二次购买，', '包装有点破损，', '这个价位，', '办公室也放了一个，'],
 ARRAY['做工很细', '没有异味', '颜色比照片鲜艳', '把手有点滑', '少了一颗螺丝', '重量很轻', '盖子很严实', '说明书看不懂'],
 ARRAY['，会回购。', '，推荐👍', '，扣一星。', '，已退货。', '，再观察看看。']),
(8, 'ko',
 ARRAY['생각보다 빨리 왔어요.', '어머니 선물로 샀습니다.', '한 달 써 보니', '사진보다 조금 작지만', '두 번째 주문입니다.', '가격에 비해'],
 ARRAY[' 마감이 깔끔해요', ' 소음이 없어요', ' 색이 더 진해요', ' 나사가 하나 없었어요', ' 가볍습니다', ' 뚜껑이 잘 닫혀요'],
 ARRAY['. 또 살게요.', '. 추천합니다!', '. 반품했어요.', '. 별 하나 뺍니다 ⭐']),
(9, 'tr',
 ARRAY['Beklediğimden hızlı geldi', 'Annem için aldım', 'Bir ay kullandıktan sonra', 'Fotoğraftakinden küçük', 'İkinci siparişim', 'Kutusu ezilmişti', 'Bu fiyata göre', 'Ofiste de var'],
 ARRAY['dikişleri düzgün', 'ses yapmıyor', 'rengi daha canlı', 'bir vidası eksikti', 'kablosu kısa', 'kapağı iyi kapanıyor', 'çok hafif', 'kılavuz yalnızca İngilizce'],
 ARRAY['Yine alırım.', 'Tavsiye ederim!', 'İade ettim.', 'Bir yıldız kırdım ⭐']);

CREATE TABLE seed.sentences AS
    SELECT lang, code,
           (row_number() OVER (PARTITION BY lang ORDER BY a, b, c) - 1)::integer AS nth,
           heads[a] || CASE WHEN lang < 6 OR lang = 9 THEN ', ' ELSE '' END || middles[b]
               || CASE WHEN lang < 6 OR lang = 9 THEN '. ' ELSE '' END || tails[c] AS body
    FROM seed.clauses,
         generate_series(1, array_length(heads, 1)) a,
         generate_series(1, array_length(middles, 1)) b,
         generate_series(1, array_length(tails, 1)) c;

CREATE TABLE seed.langs AS
    SELECT lang, code, count(*)::integer AS n FROM seed.sentences GROUP BY lang, code;

-- Texts that break careless readers of a dump: tab, newline, carriage return, backslash, quotes, what looks
-- like the end of COPY data, like a null, like a dollar quote, like a comment.

CREATE TABLE seed.awkward (nth integer, body text);

INSERT INTO seed.awkward VALUES
(0, E'Please ring twice.\nThen leave it with the neighbour:\n\tMrs O''Hara, flat "4\\B"'),
(1, E'\\.'),
(2, E'\\N'),
(3, ''),
(4, E'Columns\tfrom\ta\tspreadsheet\t\tempty one before this'),
(5, E'C:\\Bestellungen\\neu\\2026\\rückgabe.txt'),
(6, E'Line one\r\nLine two, from Windows\r\n'),
(7, E'$$ not a dollar quote $$ nor $body$ this; -- nor a comment /* nor this'),
(8, E'  two spaces before, two after  '),
(9, E'👨‍👩‍👧‍👦 family pack 🏳️‍🌈, 𝒻𝒶𝓃𝒸𝓎 letters, e\u0301 as two code points'),
(10, E'שלום, الهدية مغلَّفة من فضلك \u200f(right to left)'),
(11, E'backslash at the end \\'),
(12, E'bell\u0007 backspace\b form feed\f vertical tab\u000b escape\u001b[31m'),
(13, E'line\u2028separator and no\u00a0break'),
(14, E'{"looks": "like json", "but": [1, 2}'),
(15, E'\\\\server\\share\\\\n is not a newline'),
(16, E'O''Brien said: ''it''''s "quoted" twice''; DROP TABLE students; --'),
(17, E'\n\nstarts with two newlines'),
(18, E'\\restrict abc\n\\connect postgres\n\\! echo not a command'),
(19, E'Привет, мир. नमस्ते दुनिया. สวัสดีชาวโลก. გამარჯობა');

-- What the shop sells

CREATE TABLE seed.nouns (nth integer, category integer, en text, de text, fr text, ja text);

INSERT INTO seed.nouns
    SELECT (ord - 1)::integer, 10 + ((ord - 1) / 6)::integer, part[1], part[2], part[3], part[4]
    FROM unnest(ARRAY[
        'Coffee Grinder|Kaffeemühle|Moulin à café|コーヒーミル', 'Teapot|Teekanne|Théière|急須', 'Espresso Cup|Espressotasse|Tasse à expresso|エスプレッソカップ',
        'Kettle|Wasserkessel|Bouilloire|やかん', 'Bread Box|Brotkasten|Boîte à pain|ブレッドケース', 'Pepper Mill|Pfeffermühle|Moulin à poivre|ペッパーミル',
        'Desk Lamp|Schreibtischlampe|Lampe de bureau|デスクランプ', 'Notebook|Notizbuch|Carnet|ノート', 'Fountain Pen|Füllfederhalter|Stylo-plume|万年筆',
        'Paper Tray|Papierablage|Corbeille à courrier|書類トレー', 'Office Chair|Bürostuhl|Chaise de bureau|オフィスチェア', 'Wall Clock|Wanduhr|Horloge murale|掛け時計',
        'Rain Jacket|Regenjacke|Imperméable|レインジャケット', 'Wool Scarf|Wollschal|Écharpe en laine|ウールマフラー', 'Hiking Boots|Wanderstiefel|Chaussures de randonnée|登山靴',
        'Sun Hat|Sonnenhut|Chapeau de soleil|日よけ帽子', 'Rucksack|Rucksack|Sac à dos|リュックサック', 'Gloves|Handschuhe|Gants|手袋',
        'Watering Can|Gießkanne|Arrosoir|じょうろ', 'Garden Fork|Grabegabel|Fourche-bêche|ガーデンフォーク', 'Bird Feeder|Futterhaus|Mangeoire|バードフィーダー',
        'Flower Pot|Blumentopf|Pot de fleurs|植木鉢', 'Hammock|Hängematte|Hamac|ハンモック', 'Lantern|Laterne|Lanterne|ランタン',
        'Bicycle Bell|Fahrradklingel|Sonnette de vélo|自転車ベル', 'Pannier|Fahrradtasche|Sacoche de vélo|サイドバッグ', 'Pump|Luftpumpe|Pompe|空気入れ',
        'Helmet|Helm|Casque|ヘルメット', 'Tool Roll|Werkzeugrolle|Trousse à outils|ツールロール', 'Bottle Cage|Flaschenhalter|Porte-bidon|ボトルケージ',
        'Building Blocks|Bauklötze|Cubes en bois|積み木', 'Puzzle|Puzzle|Casse-tête|パズル', 'Kite|Drachen|Cerf-volant|凧',
        'Plush Bear|Plüschbär|Ours en peluche|テディベア', 'Board Game|Brettspiel|Jeu de société|ボードゲーム', 'Marble Run|Kugelbahn|Circuit de billes|ビー玉コース'
    ]) WITH ORDINALITY AS list(line, ord), string_to_array(line, '|') AS part;

CREATE TABLE seed.looks (nth integer, en text, colour text, material text, prefix text);

INSERT INTO seed.looks
    SELECT (row_number() OVER (ORDER BY m.ord, c.ord) - 1)::integer, c.word || ' ' || m.word, c.word, m.word,
           upper(left(translate(m.word, 'àéü ', 'aeu'), 3))
    FROM unnest(ARRAY['Oak', 'Walnut', 'Enamel', 'Linen', 'Copper', 'Leather', 'Felt', 'Steel', 'Glass', 'Bamboo', 'Cork', 'Papier-mâché'])
            WITH ORDINALITY AS m(word, ord),
         unnest(ARRAY['Crimson', 'Moss Green', 'Slate', 'Ivory', 'Cobalt', 'Amber', 'Rosé', 'Charcoal', 'Sand', 'Türkis', 'Plain'])
            WITH ORDINALITY AS c(word, ord);

CREATE TABLE seed.agents (nth integer, body text);

INSERT INTO seed.agents VALUES
(0, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'),
(1, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15'),
(2, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'),
(3, 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0'),
(4, 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'),
(5, 'StorefrontApp/7.4.1 (iOS 18.5; de_DE)'),
(6, 'StorefrontApp/7.4.0 (Android 15; fr_FR)'),
(7, NULL);

ANALYZE seed.params;
ANALYZE seed.cultures;
ANALYZE seed.sentences;
ANALYZE seed.langs;
ANALYZE seed.nouns;
ANALYZE seed.looks;

RESET ROLE;
