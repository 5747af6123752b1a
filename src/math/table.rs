//! Every constant of the kernel. The polynomials are minimax, from sollya's fpminimax with f64 coefficients; the bound
//! in each comment is the relative error of the exactly evaluated polynomial.
#![allow(clippy::approx_constant, reason = "the same digits must be seen here as in the derivation")]

/// (1 − cos πv)/2 = w·(the first + the second + w·(the others in w = v²)), v in [0, 1/2]: 2^-55.9.
pub(super) const HAV: [f64; 9] = [
    2.4674011002723395,
    1.209847393664672e-16,
    -2.0293560632083665,
    0.6676313844258472,
    -0.11766531513390041,
    0.01290344498844759,
    -0.0009647811843070251,
    5.2291022835851684e-05,
    -2.0827358290034506e-06,
];
/// sin(π/2 · h) = h·(the first + the second + w·(the others in w = h²)), |h| ≤ 1/2: 2^-58.
pub(super) const SIN: [f64; 8] = [
    1.5707963267948966,
    5.624451805192051e-17,
    -0.6459640975062443,
    0.07969262624604113,
    -0.004681754132305673,
    0.0001604411504534169,
    -3.598642286361379e-06,
    5.633787714875434e-08,
];

/// cos(π/2 · h) = 1 + w·(these in w = h²), |h| ≤ 1/2: 2^-61.
pub(super) const COS: [f64; 7] = [
    -1.2337005501361697,
    0.25366950790104287,
    -0.02086348076322718,
    0.0009192602732998637,
    -2.520203194041353e-05,
    4.710477243016975e-07,
    -6.306848163316639e-09,
];

/// 2^r = 1 + r·ln 2 + r²·(these in r), |r| ≤ 1/2: 2^-63.
pub(super) const EXP2: [f64; 11] = [
    0.24022650695910072,
    0.05550410866482163,
    0.009618129107628005,
    0.0013333558146403533,
    0.00015403530394180053,
    1.5252733845269285e-05,
    1.3215486190805035e-06,
    1.0178055330275373e-07,
    7.055114573703552e-09,
    4.4561018064733175e-10,
    2.5442528862560123e-11,
];

/// e^r = 1 + r + r²·(these in r), |r| ≤ 0.3466: 2^-63.
pub(super) const EXP: [f64; 11] = [
    0.5,
    0.16666666666666685,
    0.041666666666666546,
    0.008333333333315996,
    0.0013888888888956435,
    0.00019841269898507655,
    2.480158717782844e-05,
    2.75572330463197e-06,
    2.755739908986549e-07,
    2.5112591576977975e-08,
    2.0876589393861233e-09,
];

/// atanh s = s + s·z/3 + s·z²·(these in z = s²), |s| ≤ 0.1716: 2^-73.
pub(super) const LOG: [f64; 8] = [
    0.1999999999999999,
    0.14285714285721904,
    0.11111111108900774,
    0.09090909421166549,
    0.07692279273932415,
    0.06668129920751002,
    0.05837937383160645,
    0.059904912908429996,
];

/// 1.5·2^52: adding it rounds to an integer, which then stands in the low bits.
pub(super) const MAGIC: f64 = 6755399441055744.0;
/// ∞
pub(super) const INF: f64 = f64::INFINITY;
/// The one NaN.
pub(super) const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0000);
/// π/2
pub(super) const HALF_PI: f64 = 1.5707963267948966;
/// −(π/2)³/2, the second term of the derivative of sin(π/2 · h)
pub(super) const SIN_SLOPE: f64 = -HALF_PI * HALF_PI * HALF_PI / 2.0;
/// −(π/2)², the first of that of cos(π/2 · h)
pub(super) const COS_SLOPE: f64 = -HALF_PI * HALF_PI;
/// 2^-27: below it the sine of x rounds to x.
pub(super) const TINY: f64 = 1.0 / (1u64 << 27) as f64;
/// 2^54: makes every subnormal normal.
pub(super) const GROW: f64 = (1u64 << 54) as f64;
/// ln 2
pub(super) const LN2: f64 = 0.6931471805599453;
/// ln 2 − [`LN2`]
pub(super) const LN2_LOW: f64 = 2.3190468138462996e-17;
/// log2 e
pub(super) const LOG2_E: f64 = 1.4426950408889634;
/// −ln 2, to 41 bits
pub(super) const MINUS_LN2_CUT: f64 = -0.6931471805601177;
/// −ln 2 − [`MINUS_LN2_CUT`]
pub(super) const MINUS_LN2_REST: f64 = 1.7239444525614835e-13;
/// log10 2, to 41 bits
pub(super) const LG2_CUT: f64 = 0.3010299956640665;
/// log10 2 − [`LG2_CUT`]
pub(super) const LG2_REST: f64 = -8.532344317057107e-14;
/// 1/3
pub(super) const THIRD: f64 = 0.3333333333333333;
/// 1/3 − [`THIRD`]
pub(super) const THIRD_LOW: f64 = 1.850371707708594e-17;
/// 2/ln 2
pub(super) const TWO_LOG2_E: f64 = 2.8853900817779268;
/// 2/ln 2 − [`TWO_LOG2_E`]
pub(super) const TWO_LOG2_E_LOW: f64 = 4.0710547481862066e-17;
/// 2/ln 10
pub(super) const TWO_LG_E: f64 = 0.8685889638065036;
/// 2/ln 10 − [`TWO_LG_E`]
pub(super) const TWO_LG_E_LOW: f64 = 2.19663930043353e-17;
/// The bits of √½.
pub(super) const SQRT_HALF_BITS: i64 = 0x3fe6_a09e_667f_3bcd;

/// 2/π in rows of four f64 (as bits), 53 bits each. Row g is (2/π)·2^(16g) without what is a multiple of 4 once
/// multiplied with a number whose last place is 2^-6 or more.
#[rustfmt::skip]
pub(super) static TWO_OVER_PI: [i64; 248] = [
    0x3fe4_5f30_6dc9_c883, -0x4379_4fe1_3abe_8faa, -0x46d9_bb81_b6c5_2b32, 0x35ce_21c8_20ff_28b2,
    0x406f_306d_c9c8_82a5, 0x3cff_c275_7d1f_534e, -0x467e_06db_14ac_c9e2, 0x360c_820f_f28b_1d5f,
    0x405b_9391_054a_7f0a, -0x431a_fa3e_a69b_b81b, 0x398b_14ac_c9e2_1c82, 0x35ff_e516_3abd_ebbc,
    0x4051_054a_7f09_d5f4, 0x3cff_534d_dc0d_b629, 0x3996_64f1_0e41_07f9, 0x3631_63ab_debb_c562,
    0x4044_fe13_abe8_fa9a, 0x3ceb_b81b_6c52_b328, -0x4672_1c82_0ff2_8b1d, 0x3627_bd77_8ac3_6e49,
    0x4043_abe8_fa9a_6ee0, 0x3ceb_6c52_b327_8872, 0x3950_7f94_58ea_f7af, -0x4a32_b0db_9237_1d21,
    0x406a_3ea6_9bb8_1b6c, 0x3d04_acc9_e21c_8210, -0x4685_163a_bdeb_bc56, 0x35fb_7246_e3a4_24dd,
    0x404a_6ee0_6db1_4acd, -0x4317_8872_083f_ca2c, 0x398d_5ef5_de2b_0db9, 0x3611_b8e9_0937_4b80,
    0x4068_1b6c_52b3_2788, 0x3d0c_820f_f28b_1d5f, -0x468b_bc56_1b72_46e4, -0x49e9_0937_4b80_1925,
    0x4058_a566_4f10_e410, 0x3cff_e516_3abd_ebbc, 0x3995_86dc_91b8_e909, 0x362b_a5c0_0c92_5dd4,
    0x4063_2788_7208_3fca, 0x3cf6_3abd_ebbc_561b, 0x399c_91b8_e909_374c, -0x49c0_0649_2eea_09d2,
    0x4050_e410_7f94_58eb, -0x433f_5de2_b0db_9237, 0x394d_2126_e970_0325, -0x4a15_dd41_3a32_43a0,
    0x4050_7f94_58ea_f7af, -0x4332_b0db_9237_1d21, 0x3953_74b8_0192_4bbb, -0x4a00_9d19_21cf_e1df,
    0x4054_58ea_f7ae_f158, 0x3cfb_7246_e3a4_24dd, 0x3987_0032_4977_504f, -0x49d3_2439_fc3b_d639,
    0x4065_7bd7_78ac_36e5, -0x42f3_71d2_126e_9700, 0x3999_24bb_a827_4648, 0x363c_fe1d_eb1c_b12a,
    0x4067_78ac_36e4_8dc7, 0x3d02_126e_9700_3249, 0x39ad_d413_a324_39fc, 0x363d_eb1c_b129_a73f,
    0x4058_6dc9_1b8e_9093, 0x3cfd_2e00_6492_eea1, -0x4667_4648_73f8_77ac, 0x363c_b129_a73e_e882,
    0x4042_371d_2126_e970, 0x3c99_24bb_a827_4648, 0x393c_fe1d_eb1c_b12a, -0x4a29_cfba_208d_7d4c,
    0x404d_2126_e970_0325, -0x4315_dd41_3a32_43a0, -0x4681_deb1_cb12_9a74, -0x4a0e_8823_5f52_ebb4,
    0x4053_74b8_0192_4bbb, -0x4300_9d19_21cf_e1df, -0x466c_72c4_a69c_fba2, 0x3601_afa9_75da_2427,
    0x406c_00c9_25dd_413a, 0x3cf9_21cf_e1de_b1cb, 0x3972_9a73_ee88_235f, 0x3614_baed_1213_a672,
    0x4052_4bba_8274_6487, 0x3cef_c3bd_6396_2535, -0x4697_dd10_46be_a5d7, 0x360a_2427_4ce3_8136,
    0x406d_413a_3243_9fc4, -0x42ff_58e5_894d_39f7, 0x39a1_046b_ea5d_7689, 0x3613_a671_c09a_d17e,
    0x406a_3243_9fc3_bd64, -0x42f5_894d_39f7_4412, -0x465b_ea5d_7689_09d3, 0x363c_7026_b45f_7e41,
    0x403c_fe1d_eb1c_b12a, -0x4329_cfba_208d_7d4c, -0x468b_b448_4e99_c702, 0x361a_d17d_f904_e647,
    0x403d_eb1c_b129_a73f, -0x4348_8235_f52e_bb45, -0x46a1_3a67_1c09_ad18, -0x4a1f_c827_323a_c730,
    0x403c_b129_a73e_e882, 0x3cca_fa97_5da2_4275, -0x46a7_1c09_ad17_df90, 0x35f3_991d_6398_3534,
    0x4044_d39f_7441_1afb, -0x4315_d768_909d_338e, 0x3943_5a2f_bf20_9cc9, -0x4a3b_1cc1_a99c_fa4e,
    0x404f_7441_1afa_975e, -0x4318_909d_338e_04d7, -0x4672_fbf2_09cc_8eb2, -0x49e6_0d4c_e7d2_7211,
    0x4060_46be_a5d7_6891, -0x42f7_4ce3_8135_a2fc, -0x4684_1399_1d63_9835, 0x3609_cfa4_e422_fc5e,
    0x406e_a5d7_6890_9d34, -0x42f3_8135_a2fb_f20a, -0x4666_4758_e60d_4ce8, -0x49d9_3908_bf17_7bf2,
    0x4067_6890_9d33_8e05, -0x430b_45f7_e413_991d, 0x3998_e60d_4ce7_d272, 0x3611_7e2e_f7e4_a0ec,
    0x4060_9d33_8e04_d68c, -0x431f_c827_323a_c730, 0x398a_99cf_a4e4_22fc, 0x3627_7bf2_5076_3ff1,
    0x4063_8e04_d68b_efc8, 0x3cf3_991d_6398_3534, -0x4667_d272_117e_2ef8, -0x49e4_a0ec_7fe2_5fff,
    0x4043_5a2f_bf20_9cc9, -0x433b_1cc1_a99c_fa4e, 0x3960_8bf1_77bf_2507, 0x3608_ffc4_bffe_f02d,
    0x4057_df90_4e64_758e, 0x3cf8_3533_9f49_c846, -0x46a2_ef7e_4a0e_c7fe, 0x35e2_fffb_c0b3_01fe,
    0x4050_4e64_758e_60d5, -0x4317_3e93_908b_f178, -0x467f_c941_d8ff_c4c0, -0x4a3f_02cc_07f7_9789,
    0x4062_3ac7_306a_673f, -0x42f4_e422_fc5d_efc9, 0x39a0_763f_f12f_ffbc, 0x3616_603f_bcbc_462d,
    0x404c_c1a9_9cfa_4e42, 0x3cd7_e2ef_7e4a_0ec8, -0x46e2_5fff_7816_6040, -0x4a4f_2f11_8b5a_0a6d,
    0x4054_ce7d_2721_17e3, -0x432f_7e4a_0ec7_fe26, -0x473f_02cc_07f7_9789, -0x4aa2_d682_9b47_db4e,
    0x406e_9390_8bf1_77bf, 0x3cf2_83b1_ff89_7ffe, -0x4680_5980_fef2_f119, -0x49ed_6829_b47d_b4da,
    0x4060_8bf1_77bf_2507, 0x3d08_ffc4_bffe_f02d, -0x4660_3fbc_bc46_2d68, 0x3624_da3e_da6c_fd9e,
    0x4061_77bf_2507_63ff, 0x3ce2_fffb_c0b3_01fe, -0x4695_e231_6b41_4da4, -0x4a1d_a6cf_d9e4_f961,
    0x406f_2507_63ff_1300, -0x433f_02cc_07f7_9789, -0x46a2_d682_9b47_db4e, -0x4a07_ecf2_7cb0_9b75,
    0x404d_8ffc_4bff_ef03, -0x4326_03fb_cbc4_62d7, -0x4680_a6d1_f6d3_67ed, -0x4a14_f961_36e9_e8c8,
    0x406f_12ff_fbc0_b302, -0x434f_2f11_8b5a_0a6d, 0x393f_6d36_7ecf_27cb, 0x35a3_6e9e_8c7e_cd3d,
    0x406f_fbc0_b301_fde6, -0x4312_316b_414d_a3ee, -0x4679_b3f6_793e_584e, -0x49de_9e8c_7ecd_3cc0,
    0x4016_603f_bcbc_462d, 0x3cba_0a6d_1f6d_367f, -0x46b7_93e5_84db_a7a3, 0x35cf_b34f_2ff5_16bb,
    0x402f_de5e_2316_b415, -0x434d_1f6d_367e_cf28, -0x46b5_84db_a7a3_1fb3, 0x35e3_cbfd_45ae_a4f7,
    0x4047_88c5_ad05_3690, -0x431d_a6cf_d9e4_f961, 0x397b_74f4_63f6_69e6, -0x4a4a_2d75_27ba_c7ec,
    0x4061_6b41_4da3_eda7, -0x4307_ecf2_7cb0_9b75, -0x4698_c7ec_d3cb_fd46, -0x49fb_a93d_d63f_5f30,
    0x4024_da3e_da6c_fd9e, 0x3cc3_e584_dba7_a320, -0x469c_d3cb_fd45_aea5, -0x4a2e_b1fa_f97c_5ecf,
    0x403f_6d36_7ecf_27cb, 0x3ca3_6e9e_8c7e_cd3d, -0x46bf_f516_ba93_dd64, -0x4a4b_e5f1_7b3d_073a,
    0x404b_3f67_93e5_84dc, -0x4319_e8c7_ecd3_cbfd, 0x3981_6ba9_3dd6_3f5f, 0x3617_c5ec_f41c_e7de,
    0x4069_e4f9_6136_e9e9, -0x4303_f669_e5fe_a2d7, 0x3994_9eeb_1faf_97c6, -0x49ec_f41c_e7de_294a,
    0x4069_6136_e9e8_c7ed, -0x4309_e5fe_a2d7_527c, -0x466b_1faf_97c5_ecf4, 0x361c_e7de_294a_4baa,
    0x4066_e9e8_c7ec_d3cc, -0x434a_2d75_27ba_c7ec, -0x46c5_f17b_3d07_39f8, -0x4a22_94a4_ba9a_fed8,
    0x4051_8fd9_a797_fa8b, 0x3cf7_527b_ac7e_be5f, 0x3977_b3d0_739f_78a5, 0x3604_9753_5fda_fd89,
    0x4059_a797_fa8b_5d4a, -0x432e_b1fa_f97c_5ecf, 0x3970_739f_78a5_292f, -0x49e9_afed_7ec4_7e35,
    0x4057_fa8b_5d49_eeb2, -0x434b_e5f1_7b3d_073a, -0x46df_14a5_25d4_d7f7, -0x4a3f_d88f_c6ae_842b,
    0x4046_ba93_dd63_f5f3, -0x4352_f67a_0e73_ef15, -0x46b9_4975_35fd_afd9, -0x4a13_f1ab_a10a_c066,
    0x4043_dd63_f5f2_f8be, -0x4317_a0e7_3ef1_4a52, 0x3987_535f_dafd_88fc, 0x362a_ba10_ac06_608e,
];
