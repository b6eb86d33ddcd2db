// The page's words in each language it offers, and the right direction for each.

export const TEXTS = {
  en: {
    title: "Simulator", subtitle: "Write as a customer; see what the platform answers.", language: "Language",
    live: "Live", offline: "Reconnecting…", writeAs: "Customer", newCustomer: "New customer", customerId: "Phone or id",
    customerName: "Name", add: "Add", write: "Write a message", send: "Send", attach: "Attach",
    image: "Photo", voice: "Voice note", video: "Video", document: "Document", audio: "Audio", sticker: "Sticker",
    location: "Location", contacts: "Contact", reaction: "Reaction", template: "Template",
    quiet: "Nothing here yet. Write the first message as this customer.",
    refused: "The webhook answered {status}; it will be tried again.", noAnswer: "No answer from the webhook; it will be tried again.",
    noWebhook: "This account has no webhook address yet.", failedCall: "The simulator refused: {error}",
    repeated: "sent ×{n}", emptyTitle: "No account yet", emptyHelp: "Each registered account gets a phone here. For example:",
    sent: "Sent", delivered: "Delivered", read: "Read", failed: "Failed", accepted: "Accepted",
  },
  fr: {
    title: "Simulateur", subtitle: "Écrivez comme un client et voyez la réponse de la plateforme.", language: "Langue",
    live: "En direct", offline: "Reconnexion…", writeAs: "Client", newCustomer: "Nouveau client", customerId: "Téléphone ou id",
    customerName: "Nom", add: "Ajouter", write: "Écrire un message", send: "Envoyer", attach: "Joindre",
    image: "Photo", voice: "Message vocal", video: "Vidéo", document: "Document", audio: "Audio", sticker: "Autocollant",
    location: "Position", contacts: "Contact", reaction: "Réaction", template: "Modèle",
    quiet: "Rien pour l’instant. Écrivez le premier message de ce client.",
    refused: "Le webhook a répondu {status} ; nouvel essai bientôt.", noAnswer: "Le webhook ne répond pas ; nouvel essai bientôt.",
    noWebhook: "Ce compte n’a pas encore d’adresse de webhook.", failedCall: "Le simulateur a refusé : {error}",
    repeated: "envoyé ×{n}", emptyTitle: "Aucun compte", emptyHelp: "Chaque compte enregistré reçoit ici un téléphone. Par exemple :",
    sent: "Envoyé", delivered: "Remis", read: "Lu", failed: "Échoué", accepted: "Accepté",
  },
  ar: {
    title: "المحاكي", subtitle: "اكتب كأنك الزبون وشاهد ردّ المنصّة.", language: "اللغة",
    live: "مباشر", offline: "جارٍ إعادة الاتصال…", writeAs: "الزبون", newCustomer: "زبون جديد", customerId: "الهاتف أو المعرّف",
    customerName: "الاسم", add: "إضافة", write: "اكتب رسالة", send: "إرسال", attach: "إرفاق",
    image: "صورة", voice: "رسالة صوتية", video: "فيديو", document: "مستند", audio: "صوت", sticker: "ملصق",
    location: "موقع", contacts: "جهة اتصال", reaction: "تفاعل", template: "قالب",
    quiet: "لا شيء بعد. اكتب أول رسالة باسم هذا الزبون.",
    refused: "ردّ الويب هوك بالرمز {status}؛ ستُعاد المحاولة.", noAnswer: "لا ردّ من الويب هوك؛ ستُعاد المحاولة.",
    noWebhook: "لا عنوان ويب هوك لهذا الحساب بعد.", failedCall: "رفض المحاكي: {error}",
    repeated: "أُرسلت ×{n}", emptyTitle: "لا حساب بعد", emptyHelp: "لكل حساب مسجّل هاتف هنا. مثلًا:",
    sent: "أُرسلت", delivered: "وصلت", read: "قُرئت", failed: "فشلت", accepted: "قُبلت",
  },
  fa: {
    title: "شبیه‌ساز", subtitle: "به‌جای مشتری بنویسید و پاسخ سامانه را ببینید.", language: "زبان",
    live: "زنده", offline: "در حال اتصال دوباره…", writeAs: "مشتری", newCustomer: "مشتری تازه", customerId: "تلفن یا شناسه",
    customerName: "نام", add: "افزودن", write: "پیامی بنویسید", send: "فرستادن", attach: "پیوست",
    image: "عکس", voice: "پیام صوتی", video: "ویدئو", document: "سند", audio: "صدا", sticker: "برچسب",
    location: "مکان", contacts: "مخاطب", reaction: "واکنش", template: "قالب",
    quiet: "هنوز چیزی نیست. نخستین پیام این مشتری را بنویسید.",
    refused: "وب‌هوک {status} پاسخ داد؛ دوباره تلاش می‌شود.", noAnswer: "وب‌هوک پاسخ نداد؛ دوباره تلاش می‌شود.",
    noWebhook: "این حساب هنوز نشانی وب‌هوک ندارد.", failedCall: "شبیه‌ساز نپذیرفت: {error}",
    repeated: "فرستاده ×{n}", emptyTitle: "هنوز حسابی نیست", emptyHelp: "هر حساب ثبت‌شده اینجا یک گوشی دارد. برای نمونه:",
    sent: "فرستاده شد", delivered: "رسید", read: "خوانده شد", failed: "ناموفق", accepted: "پذیرفته شد",
  },
};

export const RIGHT_TO_LEFT = new Set(["ar", "fa"]);
